# Runs in the CMake projects of llama-cpp-sys-2 and whisper-rs-sys (by .cargo/config.toml), so that the
# process holds one ggml, and that one takes its back ends as plugins.

# The llama-cpp-sys-2 whose ggml it is, as Cargo.toml pins it and models/ggml/src/version.rs says it.
set(ONE_GGML "0.1.161")

if(PROJECT_NAME STREQUAL "llama.cpp")
    # Half of the build, and nothing here calls it.
    set(LLAMA_BUILD_COMMON OFF CACHE BOOL "" FORCE)
    # The files beside the program are called as the program asks for them: libllama.so, not libllama.so.0.
    set(CMAKE_PLATFORM_NO_VERSIONED_SONAME ON)
    # ggml has fourteen variants of its CPU back end for x86 alone, each as dear as the rest of ggml. Four serve: any
    # machine, one since 2013, one with AVX-512, one with AMX. REPARTEE_CPU_VARIANTS=all builds every one.
    if(NOT "$ENV{REPARTEE_CPU_VARIANTS}" STREQUAL "all")
        variable_watch(GGML_CPU_ALL_VARIANTS few_variants)
    endif()
    # Whoever builds to run here and now (`make run`) waits for it.
    if("$ENV{PROFILE}" STREQUAL "debug")
        cmake_language(DEFER CALL compile_faster)
    endif()
    cmake_language(DEFER CALL tiles_as_written)
endif()

# Called when ggml is about to add the variants: from then on only the chosen ones are.
function(few_variants)
    set(x86 x64 haswell cascadelake sapphirerapids)
    # Whoever builds to run here and now needs one: the best that this processor can run.
    if("$ENV{PROFILE}" STREQUAL "debug" AND EXISTS "/proc/cpuinfo")
        file(STRINGS "/proc/cpuinfo" flags REGEX "^flags" LIMIT_COUNT 1)
        string(REGEX MATCHALL "[a-z0-9_]+" flags "${flags}")
        set(haswell sse4_2 avx f16c fma avx2 bmi2)
        set(cascadelake ${haswell} avx512f avx512cd avx512bw avx512dq avx512vl avx512_vnni)
        set(sapphirerapids ${cascadelake} avx512vbmi avx512_bf16 amx_tile amx_int8)
        set(best x64)
        foreach(variant haswell cascadelake sapphirerapids)
            list(REMOVE_ITEM ${variant} "" ${flags})
            if("${${variant}}" STREQUAL "")
                set(best ${variant})
            endif()
        endforeach()
        set(x86 ${best})
    endif()
    set_property(GLOBAL PROPERTY CHOSEN_VARIANTS ${x86}
        armv8.0_1 armv8.2_2 armv8.6_1 apple_m1 apple_m2_m3 apple_m4)
    if(COMMAND ggml_add_cpu_backend_variant AND NOT COMMAND _ggml_add_cpu_backend_variant)
        function(ggml_add_cpu_backend_variant name)
            get_property(chosen GLOBAL PROPERTY CHOSEN_VARIANTS)
            if(name IN_LIST chosen)
                _ggml_add_cpu_backend_variant(${name} ${ARGN})
            endif()
        endfunction()
    endif()
endfunction()

# GCC before 14 (bug 114098) takes the shapes of AMX's tiles for 8 bytes of their 64 and leaves the rest unwritten: the
# first step with two sequences would be an illegal instruction.
function(tiles_as_written)
    if(TARGET ggml-cpu-sapphirerapids AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
        file(WRITE "${CMAKE_BINARY_DIR}/tiles.h" "#include <immintrin.h>\n"
            "#define _tile_loadconfig(all) __asm__ volatile (\"ldtilecfg %0\" :: \"m\" (*(const char (*)[64]) (all)))\n")
        target_compile_options(ggml-cpu-sapphirerapids PRIVATE
            "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include \"${CMAKE_BINARY_DIR}/tiles.h\">")
    endif()
endfunction()

# A third of llama.cpp's own time; what loops over the vocabulary or a text is compiled as ever.
function(compile_faster)
    target_compile_options(llama PRIVATE -O1)
    get_target_property(folder llama SOURCE_DIR)
    get_target_property(sources llama SOURCES)
    list(FILTER sources INCLUDE REGEX "^(llama-(sampler|vocab|grammar)|unicode)[^/]*[.]cpp$")
    list(TRANSFORM sources PREPEND "${folder}/")
    set_property(SOURCE ${sources} TARGET_DIRECTORY llama APPEND PROPERTY COMPILE_OPTIONS -O3)
endfunction()

if(PROJECT_NAME STREQUAL "whisper.cpp" AND NOT TARGET ggml)
    # Compiled against the headers of llama-cpp-sys-2's ggml; the linker finds its functions there.
    file(GLOB _headers "$ENV{CARGO_MANIFEST_DIR}/../llama-cpp-sys-2-${ONE_GGML}/llama.cpp/ggml/include/ggml.h"
                       "$ENV{CARGO_MANIFEST_DIR}/../llama-cpp-sys-2/llama.cpp/ggml/include/ggml.h")
    list(LENGTH _headers _count)
    if(NOT _count EQUAL 1)
        message(FATAL_ERROR "llama-cpp-sys-2 ${ONE_GGML} does not lie beside whisper-rs-sys, so its ggml is not found")
    endif()
    get_filename_component(_include "${_headers}" DIRECTORY)
    add_library(ggml INTERFACE)
    target_include_directories(ggml INTERFACE "${_include}")
    # Read only to pad whisper's cache for the GPU's flash attention.
    target_compile_definitions(ggml INTERFACE $<IF:$<BOOL:${APPLE}>,GGML_USE_METAL,GGML_USE_CUDA>)
    # whisper-rs-sys links these archives in any case: empty ones, but for a word on what whisper.cpp was compiled
    # against. Cargo does not compile it anew when llama-cpp-sys-2 changes; models-whisper asks before it begins.
    file(WRITE "${CMAKE_BINARY_DIR}/empty.c" "typedef int empty;\n")
    file(WRITE "${CMAKE_BINARY_DIR}/against.c"
        "const char * repartee_whisper_built_against(void) { return \"${ONE_GGML}\"; }\n")
    foreach(_name ggml ggml-base ggml-cpu ggml-blas)
        set(_source "${CMAKE_BINARY_DIR}/empty.c")
        if(_name STREQUAL "ggml")
            set(_source "${CMAKE_BINARY_DIR}/against.c")
        endif()
        add_library(empty-${_name} STATIC "${_source}")
        set_target_properties(empty-${_name} PROPERTIES OUTPUT_NAME ${_name})
    endforeach()
endif()
