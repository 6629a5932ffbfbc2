# The libraries as targets of ours: crun_fmt, crun_yaml, crun_git, crun_pcre2, crun_hyperscan, crun_sqlite, crun_crypto,
# crun_sodium.
#
# With CRUN_STATIC they are linked in: libraries and their symbols take the loader longer than crun needs to read a workflow and
# to start its first step. Where the distribution lacks one of the archives, all of them stay shared.
option(CRUN_STATIC "Link libraries in, where there are archives of all of them" OFF)

# libgit2 as Debian builds it; SSH and Kerberos are loaded when they are needed (executor/git/linked_in).
set(CRUN_GIT_ARCHIVES git2 http_parser mbedtls mbedx509 mbedcrypto z pcre2-8)
set(CRUN_GIT_OPTIONS
    -Wl,--wrap=git_mbedtls_stream_global_init,--wrap=git_mbedtls_stream_new,--wrap=git_mbedtls_stream_wrap)
set(CRUN_GIT_PARTS ${PROJECT_SOURCE_DIR}/executor/git/linked_in/first_connection.cpp
                   ${PROJECT_SOURCE_DIR}/executor/git/linked_in/kerberos.cpp
                   ${PROJECT_SOURCE_DIR}/executor/git/linked_in/ssh.cpp)

if(CRUN_STATIC)
  foreach(name yaml-cpp hs sqlite3 crypto sodium ${CRUN_GIT_ARCHIVES})
    find_library(CRUN_ARCHIVE_${name} lib${name}.a)
    if(NOT CRUN_ARCHIVE_${name})
      message(STATUS "lib${name}.a is not here: libraries stay shared")
      set(CRUN_STATIC OFF)
    endif()
  endforeach()
endif()

# crun_archives(VARIABLE NAME...): the paths of the archives of these names.
function(crun_archives variable)
  foreach(name ${ARGN})
    list(APPEND paths ${CRUN_ARCHIVE_${name}})
  endforeach()
  set(${variable} ${paths} PARENT_SCOPE)
endfunction()

if(CRUN_STATIC) # another distribution's libgit2 may be built upon other libraries
  crun_archives(archives ${CRUN_GIT_ARCHIVES})
  try_compile(
    CRUN_GIT_LINKS ${PROJECT_BINARY_DIR}/probe
    SOURCES ${PROJECT_SOURCE_DIR}/cmake/libgit2_probe.cpp ${CRUN_GIT_PARTS}
    LINK_OPTIONS ${CRUN_GIT_OPTIONS}
    LINK_LIBRARIES ${archives} ${CMAKE_DL_LIBS}
    OUTPUT_VARIABLE CRUN_GIT_PROBE)
  if(NOT CRUN_GIT_LINKS)
    message(STATUS "libgit2.a cannot be linked in: libraries stay shared")
    set(CRUN_STATIC OFF)
  endif()
endif()

# crun_library(NAME TARGET ARCHIVE...): a library of ours that is TARGET, or the archives with TARGET's headers.
function(crun_library name target)
  add_library(crun_${name} INTERFACE)
  if(NOT CRUN_STATIC)
    target_link_libraries(crun_${name} INTERFACE ${target})
    return()
  endif()
  crun_archives(archives ${ARGN})
  target_include_directories(crun_${name} SYSTEM INTERFACE $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(crun_${name} INTERFACE ${archives})
endfunction()

crun_library(git PkgConfig::libgit2 git2)
crun_library(yaml yaml-cpp::yaml-cpp yaml-cpp)
crun_library(pcre2 PkgConfig::pcre2 pcre2-8)
crun_library(hyperscan PkgConfig::hyperscan hs)
crun_library(sqlite SQLite::SQLite3 sqlite3)
crun_library(crypto OpenSSL::Crypto crypto)
crun_library(sodium PkgConfig::sodium sodium)
if(CRUN_STATIC) # executor/files/sha256.cpp
  target_compile_definitions(crun_crypto INTERFACE CRUN_CRYPTO_LINKED_IN)
  target_link_options(crun_crypto INTERFACE -Wl,--wrap=OPENSSL_cpuid_setup)
endif()

add_library(crun_fmt INTERFACE)
if(CRUN_STATIC) # there is no archive of it, but it is also a library of headers
  target_link_libraries(crun_fmt INTERFACE fmt::fmt-header-only)
  target_link_options(crun_options INTERFACE -static-libstdc++ -static-libgcc)
else()
  target_link_libraries(crun_fmt INTERFACE fmt::fmt)
endif()

if(CRUN_STATIC)
  include(CheckLinkerFlag) # what is moved on loading is then a list of bits and not of 24 bytes each
  check_linker_flag(CXX -Wl,-z,pack-relative-relocs CRUN_PACKS_RELOCATIONS)
  if(CRUN_PACKS_RELOCATIONS)
    target_link_options(crun_options INTERFACE -Wl,-z,pack-relative-relocs)
  endif()

  # What a run executes first lies side by side: functions have sections of their own, and bench/layout/write lists them.
  set(CRUN_TEXT_ORDER ${PROJECT_SOURCE_DIR}/runner/text_order.ld)
  check_linker_flag(CXX -Wl,-T,${CRUN_TEXT_ORDER} CRUN_ORDERS_TEXT)
  if(CRUN_ORDERS_TEXT)
    target_compile_options(crun_options INTERFACE -ffunction-sections)
  endif()

  add_library(crun_git_linked_in STATIC ${CRUN_GIT_PARTS})
  target_link_libraries(crun_git_linked_in PRIVATE crun_options ${CMAKE_DL_LIBS})
  crun_archives(archives ${CRUN_GIT_ARCHIVES})
  target_link_libraries(crun_git INTERFACE crun_git_linked_in ${archives})
  target_link_options(crun_git INTERFACE ${CRUN_GIT_OPTIONS})
endif()
