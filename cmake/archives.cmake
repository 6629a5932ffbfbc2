# The libraries as targets of ours: crun_fmt, crun_yaml, crun_git, crun_pcre2, crun_hyperscan, crun_sqlite, crun_crypto.
#
# With CRUN_STATIC they are linked in: C++ libraries and their symbols take the loader longer than crun needs to read a workflow and
# to start its first step. Where the distribution lacks one of the archives, all of them stay shared.
option(CRUN_STATIC "Link libraries in, where there are archives of all of them" OFF)

if(CRUN_STATIC)
  foreach(archive yaml-cpp hs sqlite3)
    find_library(CRUN_ARCHIVE_${archive} lib${archive}.a)
    if(NOT CRUN_ARCHIVE_${archive})
      message(STATUS "lib${archive}.a is not here: libraries stay shared")
      set(CRUN_STATIC OFF)
    endif()
  endforeach()
endif()

# crun_library(NAME TARGET [ARCHIVE]): a library of ours that is TARGET, or the archive with TARGET's headers.
function(crun_library name target)
  add_library(crun_${name} INTERFACE)
  if(CRUN_STATIC AND ARGC GREATER 2)
    target_include_directories(crun_${name} SYSTEM INTERFACE $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
    target_link_libraries(crun_${name} INTERFACE ${CRUN_ARCHIVE_${ARGV2}})
  else()
    target_link_libraries(crun_${name} INTERFACE ${target})
  endif()
endfunction()

# libgit2 stays shared, and with it what it uses anyway: its archive wants Kerberos, of which there is none.
crun_library(git PkgConfig::libgit2)
crun_library(yaml yaml-cpp::yaml-cpp yaml-cpp)
crun_library(pcre2 PkgConfig::pcre2)
crun_library(hyperscan PkgConfig::hyperscan hs)
crun_library(sqlite SQLite::SQLite3 sqlite3)
crun_library(crypto OpenSSL::Crypto)

add_library(crun_fmt INTERFACE)
if(CRUN_STATIC) # there is no archive of it, but it is also a library of headers
  target_link_libraries(crun_fmt INTERFACE fmt::fmt-header-only)
  target_link_options(crun_options INTERFACE -static-libstdc++ -static-libgcc)
else()
  target_link_libraries(crun_fmt INTERFACE fmt::fmt)
endif()
