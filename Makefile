# Two commands matter: `make run` and `make test`. Each installs what it lacks and says so.

.DEFAULT_GOAL := help
.PHONY: help run test check unit browser bench bench-beside fuzz cuda vulkan packages setup clean

# Options of the server: make run ARGS="--knowledge ~/handbook"
ARGS ?=
PROGRAM := $(or $(CARGO_TARGET_DIR),target)/debug/repartee

help: ## What can be done here
	@echo "Repartee: voice calls with an AI on your own machine."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 27
	@echo
	@echo "Options of the server: make run ARGS=\"--lan\"  (all of them: make run ARGS=--help)"

run: packages ## Set up what is missing, build, and serve http://127.0.0.1:8080
	@REPARTEE_MODELS_OFFER=$${REPARTEE_MODELS_OFFER:-yes} cargo run --locked -p server-daemon -- serve $(ARGS)

# The first time the weights are fetched while the program is compiled. What a shell begins with & is deaf to Ctrl-C,
# unless told otherwise.
HEEDING = $(shell env --default-signal=INT true 2>/dev/null && echo env --default-signal=INT,QUIT)
packages:
	@sh server/setup.sh run
	@if [ -x "$(PROGRAM)" ]; then sh models/setup.sh; else $(HEEDING) sh models/setup.sh & weights=$$!; \
	    cargo build --locked -p server-daemon; built=$$?; wait $$weights; exit $$built; fi

setup: packages
	@cargo build --locked -p server-daemon

test: ## Set up what the tests need, and pass them all
	@sh server/setup.sh test
	@sh models/setup.sh test
	@$(MAKE) --no-print-directory unit browser

check: ## Format and lints, warnings denied
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

unit:
	cargo test --locked --workspace

browser:
	@sh client/web/tests/run.sh

bench: ## Measure speed and cost; writes docs/benchmarks.md's figures to the screen
	@sh server/setup.sh test
	@sh models/setup.sh test
	@sh client/probe/bench.sh

bench-beside: ## The part of it that runs our server beside aiortc and Pipecat, from PyPI; ten minutes
	@sh server/setup.sh test
	@sh models/setup.sh test
	@sh client/probe/beside.sh

fuzz: ## Attack the parsers for ten minutes (FUZZ_SECONDS=600)
	@signaling/protocol/fuzz/run $${FUZZ_SECONDS:-600}

cuda: ## Build ggml's plugin for NVIDIA GPUs beside the program of `make run`; no GPU is needed to build it
	@sh models/ggml/plugin.sh cuda

vulkan: ## Build the plugin for GPUs of other makers; needs glslc, spirv-headers and libvulkan-dev of 1.3.272 or later
	@sh models/ggml/plugin.sh vulkan

clean: ## Remove what was built
	cargo clean
