import type { GoVersion } from '../../model/go_version.ts';

/** Sizes that the runtime hands out: go1.18.10 src/runtime/sizeclasses.go, go1.27.4 src/internal/runtime/gc/sizeclasses.go. */
const CLASSES = [
  8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
  512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864,
  5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760,
  24576, 27264, 28672, 32768,
]; // prettier-ignore
const PAGE = 8192;
/** From 1.22 on, larger objects with pointers carry a header: go1.22.12 src/runtime/mbitmap_allocheaders.go, minSizeForMallocHeader. */
const NO_HEADER_UP_TO = 512;
const MALLOC_HEADER = 8;
const LARGEST_SMALL = 32768;

/**
 * What an object of `size` bytes takes from the heap. Objects of less than 16 bytes without pointers share blocks
 * of 16: see tiny objects in src/runtime/malloc.go.
 */
export function allocated(size: number, hasPointers: boolean, { minor }: Pick<GoVersion, 'minor'>): number {
  if (size === 0) return 0;
  const withHeader = hasPointers && minor >= 22 && size > NO_HEADER_UP_TO;
  const wanted = size + (withHeader ? MALLOC_HEADER : 0);
  // A large object has its own span, and no header.
  if (wanted > LARGEST_SMALL) return Math.ceil(size / PAGE) * PAGE;
  return CLASSES.find((one) => one >= wanted) ?? size;
}

/** What `roundupsize` says: the bytes that an object of this size may use without taking more. */
export function usable(size: number, hasPointers: boolean, version: Pick<GoVersion, 'minor'>): number {
  const whole = allocated(size, hasPointers, version);
  const withHeader =
    hasPointers && version.minor >= 22 && size > NO_HEADER_UP_TO && size + MALLOC_HEADER <= LARGEST_SMALL;
  return whole - (withHeader ? MALLOC_HEADER : 0);
}
