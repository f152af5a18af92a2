// Command damaged writes over the memory of its maps, as a stray write does, and waits.
package main

import (
	"fmt"
	"os"
	"time"
	"unsafe"
)

// Headers: of classic maps count, flags and B, buckets; of Swiss maps used, seed, directory.
// go1.23.12 src/runtime/map.go, hmap; go1.26.8 src/internal/runtime/maps/map.go, Map.
type words [6]uint64

var (
	count = map[int]int{}
	size  = map[int]int{}
	parts = map[int]int{}
	whole = map[int]int{}
	texts = map[int]string{}
)

func header(m *map[int]int) *words { return *(**words)(unsafe.Pointer(m)) }

func at(address uintptr) *uint64 { return *(**uint64)(unsafe.Pointer(&address)) }

// A bucket of int to int: 8 tophashes, 8 keys, 8 elements, and the address of the next.
const bucket = 8 + 64 + 64 + 8

func main() {
	for i := 0; i < 5000; i++ {
		count[i], size[i], parts[i], whole[i] = i, i, i, i
	}
	header(&count)[0] = 1 << 60
	if os.Args[1] == "classic" {
		*(*uint8)(unsafe.Pointer(uintptr(unsafe.Pointer(header(&size))) + 9)) = 255 // B
		first := uintptr(header(&parts)[2])
		*at(first + bucket - 8) = uint64(first) // an overflow chain that comes back to itself
	} else {
		header(&size)[3] = 1 << 40 // length of the directory
		table := uintptr(*at(uintptr(header(&parts)[2])))
		*at(table + 24) = 1<<50 - 1 // number of its groups
	}
	texts[1] = unsafeText(0x1000, 1<<40)
	fmt.Println("ready")
	for {
		time.Sleep(time.Hour)
	}
}

func unsafeText(data uintptr, length int) (s string) {
	*(*[2]uintptr)(unsafe.Pointer(&s)) = [2]uintptr{data, uintptr(length)}
	return s
}
