#!/bin/sh
# Builds a back end of ggml and puts it into the folder beside the program, which finds it there.
#   models/ggml/plugin.sh cuda [PROFILE]      needs NVIDIA's toolkit, or fetches its compiler from NVIDIA's Python packages
#   models/ggml/plugin.sh vulkan [PROFILE]    needs Debian's libvulkan-dev glslc spirv-headers; Debian 12's headers are too
#                                             old: VULKAN_HEADERS names a folder with those of 1.3.272 or later
#   models/ggml/plugin.sh NAME [PROFILE]      any other that ggml has: blas, rpc, opencl, ...
# PROFILE is where the program lies under target/: debug (the default) or release. No GPU is needed to build.
# CUDA_ARCHITECTURES narrows what the kernels are built for: 89 for an RTX 4090, 90 for an H100 or H200.
set -eu

name=${1:?which back end? cuda, vulkan, blas, ...}
profile=${2:-debug}
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
source=$(cargo metadata --locked --format-version 1 | tr ',' '\n' |
    sed -n 's|.*"manifest_path":"\(.*/llama-cpp-sys-2-[^"]*\)/Cargo.toml".*|\1|p' | head -n 1)
[ -d "$source/llama.cpp/ggml" ] || { echo "llama-cpp-sys-2 is not here: run cargo fetch" >&2; exit 1; }
work="$target/ggml-plugin/$name"
folder="$target/$profile/ggml-${source##*-}"
upper=$(printf '%s' "$name" | tr 'a-z-' 'A-Z_')
mkdir -p "$work" "$folder"

# NVIDIA's compiler as a tree that CMake takes for a toolkit.
toolkit() {
    tree="$target/ggml-plugin/toolkit"
    if [ ! -e "$tree/ready" ]; then
        echo "No nvcc here: fetching NVIDIA's compiler from its Python packages." >&2
        rm -rf "$tree"
        python3 -m venv "$tree"
        "$tree/bin/pip" install --quiet --no-deps nvidia-cuda-nvcc==13.0.* nvidia-nvvm==13.0.* nvidia-cuda-crt==13.0.* \
            nvidia-cuda-runtime==13.0.* nvidia-cuda-cccl==13.0.* nvidia-cublas==13.0.*
        cuda=$(echo "$tree"/lib/python3*/site-packages/nvidia/cu13)
        [ -e "$cuda/lib64" ] || ln -s lib "$cuda/lib64"
        for library in cudart cublas cublasLt; do
            ln -sf "lib$library.so.13" "$cuda/lib/lib$library.so"
        done
        mkdir -p "$cuda/lib/stubs"
        cc -shared -x c /dev/null -Wl,-soname,libcuda.so.1 -o "$cuda/lib/stubs/libcuda.so"
        touch "$tree/ready"
    fi
    (cd "$(echo "$tree"/lib/python3*/site-packages/nvidia/cu13)" && pwd)
}

set -- -DGGML_SOURCE="$source/llama.cpp/ggml" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DGGML_BACKEND_DL=ON \
    -DGGML_NATIVE=OFF -DGGML_CPU=OFF -DGGML_OPENMP=OFF \
    -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON "-DCMAKE_INSTALL_RPATH=\$ORIGIN" "-DGGML_$upper=ON"
if [ "$name" = cuda ]; then
    # The driver's library must be asked for by name, though the stub of it has nothing that a linker would need.
    set -- "$@" -DCMAKE_MODULE_LINKER_FLAGS=-Wl,--no-as-needed -DCMAKE_SHARED_LINKER_FLAGS=-Wl,--no-as-needed
    set -- "$@" -DGGML_CUDA_NCCL=OFF "-DCMAKE_CUDA_ARCHITECTURES=${CUDA_ARCHITECTURES:-75;80;86;89;90;120}"
    if ! command -v nvcc >/dev/null 2>&1; then
        cuda=$(toolkit)
        set -- "$@" "-DCUDAToolkit_ROOT=$cuda" "-DCMAKE_CUDA_COMPILER=$cuda/bin/nvcc"
    fi
fi
if [ "$name" = vulkan ]; then
    command -v glslc >/dev/null 2>&1 || { echo "glslc is not here: apt-get install glslc libvulkan-dev spirv-headers" >&2; exit 1; }
    headers=${VULKAN_HEADERS:-${VULKAN_SDK:-/usr}/include}
    grep -qs VK_EXT_layer_settings "$headers/vulkan/vulkan_core.h" || {
        echo "ggml needs Vulkan's headers of 1.3.272 or later, and $headers has none. Debian 13's libvulkan-dev has them: on an" >&2
        echo "older one unpack that package (dpkg-deb -x) and set VULKAN_HEADERS to its usr/include. The driver may stay as it is." >&2
        exit 1
    }
    set -- "$@" "-DVulkan_INCLUDE_DIR=$headers"
fi
env -u CMAKE_PROJECT_INCLUDE cmake -S models/ggml/plugin -B "$work" "$@" >"$work/configured.log" 2>&1 ||
    { tail -n 20 "$work/configured.log" >&2; exit 1; }
cmake --build "$work" --target "ggml-$name" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}"
plugin=$(find "$work" -name "libggml-$name.so" | head -n 1)
cp "$plugin" "$folder/"
# What it needs of NVIDIA's lies beside it, where no toolkit is installed.
if [ "$name" = cuda ] && [ -n "${cuda:-}" ]; then
    for library in libcudart.so.13 libcublas.so.13 libcublasLt.so.13; do
        ln -f "$cuda/lib/$library" "$folder/" 2>/dev/null || cp "$cuda/lib/$library" "$folder/"
    done
fi
echo "$folder/libggml-$name.so is in its place."
