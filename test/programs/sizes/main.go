// Makes maps and writes down how much memory the heap says that they take: a line for each kind and state, with
// the live bytes that making so many of them added, then a line for each of them. Then it keeps them alive until its
// standard input ends.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"unsafe"
)

type pair struct {
	A int64
	B int32
}

type user struct {
	Name string
	Tags []string
	ID   int64
}

type large [20]uint64 // 160 bytes: kept outside of the slot

var (
	keep []any
	out  = bufio.NewWriter(os.Stdout)
)

func live() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// measure makes several maps, the more the smaller they are. With held, the memory that keys and elements refer to counts.
func measure[K comparable, V any](name, state string, n int, held bool, build func(i int) map[K]V) {
	copies := 1 + 1200/(n+1)
	made := make([]map[K]V, copies)
	before := live()
	for i := range made {
		made[i] = build(i)
	}
	after := live()
	kind := "own"
	if held {
		kind = "held"
	}
	fmt.Fprintf(out, "case\t%s\t%s %d\t%s\t%d\n", name, state, n, kind, after-before)
	for _, m := range made {
		var v any = m
		fmt.Fprintf(out, "map\t%#x\t%#x\n", *(*uintptr)(unsafe.Pointer(&m)), *(*uintptr)(unsafe.Pointer(&v)))
	}
	keep = append(keep, made)
}

// states makes maps whose keys and elements are there before: what is added is the map's own.
func states[K comparable, V any](name string, most int, key func(i int) K, elem V) {
	keys := make([]K, most*2)
	for i := range keys {
		keys[i] = key(i)
	}
	for _, n := range []int{0, 5, 9, 100, 833, 5000, 53300} {
		if n > most {
			break
		}
		grown := func(int) map[K]V {
			m := map[K]V{}
			for _, k := range keys[:n] {
				m[k] = elem
			}
			return m
		}
		measure(name, "grown", n, false, grown)
		measure(name, "made", n, false, func(int) map[K]V {
			m := make(map[K]V, n)
			for _, k := range keys[:n] {
				m[k] = elem
			}
			return m
		})
		measure(name, "emptied", n, false, func(i int) map[K]V {
			m := grown(i)
			for _, k := range keys[:n-n/10] {
				delete(m, k)
			}
			return m
		})
	}
	keep = append(keep, keys)
}

func contents() {
	const n = 5000
	text := func(i int) string { return strings.Repeat("x", i%90) + strconv.Itoa(i) }
	measure("string/string", "texts", n, true, func(c int) map[string]string {
		m := map[string]string{}
		for i := 0; i < n; i++ {
			m[text(i)] = text(i + c)
		}
		return m
	})
	measure("string/string", "shared", n, true, func(int) map[string]string {
		m := map[string]string{}
		same := text(89)
		for i := 0; i < n; i++ {
			m[text(i)] = same
		}
		return m
	})
	measure("string/string", "cut", n, true, func(int) map[string]string {
		m := map[string]string{}
		whole := strings.Repeat("0123456789", n)
		m["whole"] = whole
		for i := 0; i < n; i++ {
			m[whole[i:i+40]+strconv.Itoa(i)] = whole[i : i+40]
		}
		return m
	})
	measure("int/*user", "pointers", n, true, func(int) map[int]*user {
		m := map[int]*user{}
		for i := 0; i < n; i++ {
			m[i] = &user{text(i), []string{text(i + 1), "constant"}, int64(i)}
		}
		return m
	})
	measure("int/[]int64", "slices", n, true, func(int) map[int][]int64 {
		m := map[int][]int64{}
		for i := 0; i < n; i++ {
			m[i] = make([]int64, i%50, i%50+3)
		}
		return m
	})
	measure("int/any", "interfaces", n, true, func(int) map[int]any {
		m := map[int]any{}
		for i := 0; i < n; i++ {
			switch i % 4 {
			case 0:
				m[i] = text(i)
			case 1:
				m[i] = pair{int64(i), 2}
			case 2:
				m[i] = &user{Name: text(i)}
			default:
				m[i] = i + 1000
			}
		}
		return m
	})
	measure("int/map", "inner maps", 300, true, func(int) map[int]map[string]large {
		m := map[int]map[string]large{}
		for i := 0; i < 300; i++ {
			inner := map[string]large{}
			for k := 0; k < i%40; k++ {
				inner[text(i*100+k)] = large{}
			}
			m[i] = inner
		}
		return m
	})
}

func main() {
	debug.SetGCPercent(-1)
	// The runtime starts its workers with the first collections: their memory is not that of maps.
	runtime.GOMAXPROCS(1)
	for i := 0; i < 20; i++ {
		live()
	}
	states("int64/int64", 53300, func(i int) int64 { return int64(i * 31) }, int64(1))
	states("int32/bool", 53300, func(i int) int32 { return int32(i * 31) }, true)
	states("string/pair", 53300, func(i int) string { return "key-" + strconv.Itoa(i) }, pair{1, 2})
	states("pair/none", 20000, func(i int) pair { return pair{int64(i), 1} }, struct{}{})
	states("large/large", 5000, func(i int) large { return large{uint64(i)} }, large{})
	states("names/pointer", 5000, func(i int) [2]string { return [2]string{strconv.Itoa(i), "b"} }, &pair{})
	contents()
	fmt.Fprintln(out, "ready")
	out.Flush()
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(keep)
}
