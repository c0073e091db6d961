# BoringSSL::SSL and BoringSSL::Crypto.
#
# By default Debian's android-libboringssl-dev: headers below include/android, shared libraries in a
# folder of their own (hence the rpath). SLUICE_BORINGSSL_ROOT selects another build, linked static.
set(SLUICE_BORINGSSL_ROOT "" CACHE PATH "A BoringSSL source tree with its build/ folder, or an install prefix")

if(SLUICE_BORINGSSL_ROOT)
  set(_hints ${SLUICE_BORINGSSL_ROOT})
  set(_ssl_names libssl.a)
  set(_crypto_names libcrypto.a)
  set(_lib_suffixes build build/ssl build/crypto lib lib64 .)
  find_path(BoringSSL_INCLUDE_DIR openssl/base.h HINTS ${_hints} PATH_SUFFIXES include NO_DEFAULT_PATH)
  find_library(BoringSSL_SSL_LIBRARY NAMES ${_ssl_names} HINTS ${_hints} PATH_SUFFIXES ${_lib_suffixes} NO_DEFAULT_PATH)
  find_library(BoringSSL_CRYPTO_LIBRARY NAMES ${_crypto_names} HINTS ${_hints} PATH_SUFFIXES ${_lib_suffixes}
               NO_DEFAULT_PATH)
else()
  find_path(BoringSSL_INCLUDE_DIR openssl/base.h PATH_SUFFIXES android NO_CMAKE_FIND_ROOT_PATH
            PATHS /usr/include/android NO_DEFAULT_PATH)
  file(GLOB _android_dirs /usr/lib/*/android)
  find_library(BoringSSL_SSL_LIBRARY NAMES libssl.so libssl.so.0 PATHS ${_android_dirs} NO_DEFAULT_PATH)
  find_library(BoringSSL_CRYPTO_LIBRARY NAMES libcrypto.so libcrypto.so.0 PATHS ${_android_dirs} NO_DEFAULT_PATH)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(BoringSSL
  REQUIRED_VARS BoringSSL_INCLUDE_DIR BoringSSL_SSL_LIBRARY BoringSSL_CRYPTO_LIBRARY
  REASON_FAILURE_MESSAGE "install android-libboringssl-dev (scripts/install-deps) or set SLUICE_BORINGSSL_ROOT")

if(BoringSSL_FOUND AND NOT TARGET BoringSSL::Crypto)
  foreach(part Crypto SSL)
    string(TOUPPER ${part} upper)
    add_library(BoringSSL::${part} UNKNOWN IMPORTED)
    set_target_properties(BoringSSL::${part} PROPERTIES
      IMPORTED_LOCATION ${BoringSSL_${upper}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${BoringSSL_INCLUDE_DIR})
  endforeach()
  target_link_libraries(BoringSSL::SSL INTERFACE BoringSSL::Crypto)
  if(SLUICE_BORINGSSL_ROOT)
    find_package(Threads REQUIRED)
    target_link_libraries(BoringSSL::Crypto INTERFACE Threads::Threads)
  else()
    get_filename_component(_dir ${BoringSSL_SSL_LIBRARY} DIRECTORY)
    list(APPEND CMAKE_BUILD_RPATH ${_dir})
    list(APPEND CMAKE_INSTALL_RPATH ${_dir})
  endif()
endif()
