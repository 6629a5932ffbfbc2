# The interface target every target of ours links: standard, warnings, include root, sanitizers.
# Third-party code stays untouched: there are no global flags.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

set(CRUN_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
option(CRUN_WERROR "Warnings are errors (CI)" OFF)
option(CRUN_FUZZ "Build the fuzzers, alone (preset fuzz, Clang)" OFF)

add_library(crun_options INTERFACE)
target_compile_features(crun_options INTERFACE cxx_std_20)
target_include_directories(crun_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(crun_options INTERFACE CRUN_VERSION="${PROJECT_VERSION}")
target_compile_options(
  crun_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wformat=2
            -Wimplicit-fallthrough
            -Wextra-semi)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns falsely of overlapping copies in "literal" + string (GCC bug 105651), and of mismatched new and delete where it
  # inlines one of the two that Asio gives a coroutine's frame.
  target_compile_options(crun_options INTERFACE -Wno-restrict -Wno-mismatched-new-delete -Wduplicated-cond -Wlogical-op)
endif()
if(CRUN_WERROR)
  # What only GCC's optimizer sees may be wrong, and differs from version to version: it stays a warning.
  target_compile_options(crun_options INTERFACE -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    foreach(warning maybe-uninitialized uninitialized array-bounds stringop-overflow stringop-overread free-nonheap-object)
      target_compile_options(crun_options INTERFACE -Wno-error=${warning})
    endforeach()
  endif()
endif()
if(CRUN_FUZZ)
  target_compile_options(crun_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CRUN_SANITIZE)
  target_compile_options(crun_options INTERFACE -fsanitize=${CRUN_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(crun_options INTERFACE -fsanitize=${CRUN_SANITIZE})
  if(CRUN_SANITIZE MATCHES "thread")
    target_compile_options(crun_options INTERFACE -Wno-tsan)
  endif()
endif()
