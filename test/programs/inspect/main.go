// Program inspect has maps in package variables, says where some of them are, one JSON object a line, and waits
// for the end of its input.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

type ID int32

type Session struct {
	User  string
	Count int
	Next  *Session
}

type Point struct {
	X, Y int16
	Name string
}

type Cache struct {
	mu       sync.Mutex
	sessions map[string]*Session
	byPoint  map[Point]map[ID]string
	Any      interface{}
}

var (
	cache    = &Cache{}
	counters = map[string]int64{}
	odd      = map[interface{}]float64{1: 1.5, "two": 2.5, true: 3.5, ID(4): 4.5}
	floats   = map[float64]bool{0.5: true}
	big      = map[int]int{}
	holes    = map[int]string{}
	busy     = map[int64][4]int64{}
	stuck    = map[int]int{}
	steering = map[string]string{"\x1b[31m\u202e": "\x1b]0;title\a"}
	empty    = map[string]bool{}
	nothing  map[string]int
	list     = []map[ID]uint8{nil, {1: 2}}
	busyMu   sync.Mutex
	gone     uintptr
	wiped    [16]uint64
	sink     map[string]int

	neighbours []map[string]int
)

type line struct {
	Name string `json:"name"`
	Addr uint64 `json:"addr"`
	Len  int    `json:"len"`
}

func say(name string, header uintptr, n int) {
	if err := json.NewEncoder(os.Stdout).Encode(line{name, uint64(header), n}); err != nil {
		panic(err)
	}
}

func fill(n int) {
	cache.sessions = map[string]*Session{}
	for i := 0; i < 100; i++ {
		cache.sessions[fmt.Sprintf("sess:%03d", i)] = &Session{User: fmt.Sprintf("user-%d", i), Count: i}
	}
	cache.byPoint = map[Point]map[ID]string{{1, -2, "a b"}: {7: "seven"}}
	cache.Any = map[string]float32{"f": 1}
	for i := 0; i < n; i++ {
		big[i] = -i
	}
	for i := 0; i < 2000; i++ {
		holes[i] = fmt.Sprint(i)
	}
	for i := 0; i < 2000; i++ {
		if i%4 != 0 {
			delete(holes, i)
		}
	}
	for i := 0; i < 500; i++ {
		stuck[i] = i
	}
}

// mark makes the runtime's mark "being written" stand in a map for good: as if its writer had been put off its
// CPU in the middle of a write. The offsets are those of hmap.flags and of maps.Map.writing.
func mark(header uintptr) {
	at, bit := uintptr(34), byte(1)
	if classic {
		at, bit = 8, 4
	}
	*(*byte)(unsafe.Pointer(header + at)) |= bit
}

// churn replaces the values of main.busy one by one, round after round: at each moment those up to some key are of
// one round and the rest of the round before. Nothing of that is to be seen in the map's header. Between rounds it
// rests, so that it can be read at one moment.
func churn() {
	for n := int64(1); ; n++ {
		for i := int64(0); i < 300; i++ {
			busyMu.Lock()
			busy[i] = [4]int64{n, n, n, n}
			busyMu.Unlock()
			if i%30 == 0 {
				time.Sleep(50 * time.Microsecond)
			}
		}
		if n%16 == 0 {
			time.Sleep(40 * time.Millisecond)
		}
	}
}

// forget makes a map that nothing leads to any more, and says where it was.
//
//go:noinline
func forget() {
	m := map[string]int{}
	for i := 0; i < 100; i++ {
		m[fmt.Sprint(i)] = i
	}
	gone = headerOf(unsafe.Pointer(&m))
	say("gone", gone, 0)
}

// drop makes maps that the collector then frees, and says where one of the last of them was: what is allocated
// afterwards takes the place of others before.
//
//go:noinline
func drop() (header uintptr) {
	for i := 0; i < 2000; i++ {
		m := map[string]int{"a": i}
		sink = m // not on the stack
		if i%10 == 0 {
			neighbours = append(neighbours, m) // so that its memory is not given back
		}
		for k := 0; k < 20; k++ {
			m[fmt.Sprint(k)] = k
		}
		if i == 1985 {
			header = headerOf(unsafe.Pointer(&m))
		}
	}
	sink = nil
	return header
}

func headerOf(m unsafe.Pointer) uintptr { return *(*uintptr)(m) }

func main() {
	n := flag.Int("big", 3000, "entries of main.big")
	write := flag.Bool("write", false, "keep writing to main.busy")
	flag.Parse()
	fill(*n)
	forget()
	say("main.cache.sessions", headerOf(unsafe.Pointer(&cache.sessions)), len(cache.sessions))
	say("main.big", headerOf(unsafe.Pointer(&big)), len(big))
	say("main.holes", headerOf(unsafe.Pointer(&holes)), len(holes))
	say("wiped", uintptr(unsafe.Pointer(&wiped)), 0)
	say("main.stuck", headerOf(unsafe.Pointer(&stuck)), len(stuck))
	counters["requests"]++
	say("main.counters", headerOf(unsafe.Pointer(&counters)), len(counters))
	freed := drop()
	runtime.GC()
	say("freed", freed, 0)
	mark(headerOf(unsafe.Pointer(&stuck)))
	if *write {
		go churn()
	}
	fmt.Println(`{"name":"ready"}`)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		panic(err)
	}
	runtime.KeepAlive([]interface{}{cache, counters, odd, floats, big, holes, steering, empty, nothing, list, busy, wiped})
}
