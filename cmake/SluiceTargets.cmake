# Flags and target helpers shared by all folders.
add_library(sluice_options INTERFACE)
target_include_directories(sluice_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-field-initializers  # Designated initialisers leave the rest to its defaults on purpose.
  -fno-omit-frame-pointer
  $<$<BOOL:${SLUICE_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
if(SLUICE_SANITIZE)
  target_compile_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE})
endif()
if(SLUICE_FUZZ)
  target_compile_options(sluice_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(SLUICE_PCH AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # So that ccache may share precompiled headers between build folders (ccache manual, "Precompiled headers").
  target_compile_options(sluice_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# sluice_library(<folder> [LINKS ...] [PRIVATE_LINKS ...] [EXCLUDE file ...] [PCH header ...])
# One static library sluice_<folder> of all .cc files below <folder>/. PCH: heavy headers, precompiled once.
function(sluice_library folder)
  cmake_parse_arguments(arg "" "" "LINKS;PRIVATE_LINKS;EXCLUDE;PCH" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/node_modules/")
  foreach(file ${arg_EXCLUDE})
    list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/${folder}/${file})
  endforeach()
  add_library(sluice_${folder} STATIC ${sources})
  set_target_properties(sluice_${folder} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(sluice_${folder} PUBLIC sluice_options ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
  if(SLUICE_PCH AND arg_PCH)
    target_precompile_headers(sluice_${folder} PRIVATE ${arg_PCH})
  endif()
endfunction()
