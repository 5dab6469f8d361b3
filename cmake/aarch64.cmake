# Build for 64-bit ARM with Debian's cross compiler (gcc-aarch64-linux-gnu,
# libc6-dev-arm64-cross), and run what was built in qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
# It notes something for each page of memory that can be used, and results have
# as many as the machine, unless they are limited.
set(CMAKE_CROSSCOMPILING_EMULATOR prlimit --as=4000000000
	qemu-aarch64 -L /usr/aarch64-linux-gnu)

# xxHash's header is the same for every machine: this one's will do, but not
# what lies beside it.
find_file(header_of_xxhash xxhash.h PATHS /usr/include /usr/local/include
	NO_CMAKE_FIND_ROOT_PATH NO_CACHE)
set(host ${CMAKE_CURRENT_BINARY_DIR}/host)
if(header_of_xxhash)
	file(COPY ${header_of_xxhash} DESTINATION ${host}/include)
endif()

set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu ${host})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig)
