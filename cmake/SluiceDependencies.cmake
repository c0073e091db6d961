# Every library sluice stands on; all of them are Debian packages (scripts/install-deps installs them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(BoringSSL REQUIRED)
pkg_check_modules(srtp2 REQUIRED IMPORTED_TARGET libsrtp2)
pkg_check_modules(usrsctp REQUIRED IMPORTED_TARGET usrsctp)
pkg_check_modules(libuv REQUIRED IMPORTED_TARGET libuv)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are only cached with this sloppiness (ccache manual, "Precompiled headers"); the rest lets
  # several checkouts share results ("Compiling in different directories").
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=true ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
