// Command watch writes to places that it names, in every way in which Go code can, and says of each write which
// line did it. It obeys commands on stdin, one a line, and answers each with one line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Session is an element that is written field by field.
type Session struct {
	Hits  int64
	Bytes int64
	Name  string
}

// wrote is one line of the ledger.
type wrote struct {
	Line  int    `json:"line"`
	How   string `json:"how"`
	Tid   int    `json:"tid"`
	Goid  int    `json:"goid"`
	Value int64  `json:"value"`
}

var (
	cell     = new(int64) // on the heap, written by everyone
	pointers = map[string]*Session{"k": {}}
	inlined  = map[int]int64{}
	grown    = map[int]int64{}
	stale    *int64

	inlinedLock sync.Mutex

	book     []wrote
	bookLock sync.Mutex
	value    int64
)

// goid reads the goroutine's number from its own stack trace.
func goid() int {
	var text [64]byte
	n := runtime.Stack(text[:], false)
	id := 0
	fmt.Sscanf(string(text[:n]), "goroutine %d ", &id)
	return id
}

// note writes to the ledger: the caller's line plus one wrote `value`.
//
//go:noinline
func note(how string, v int64) {
	_, _, line, _ := runtime.Caller(1)
	bookLock.Lock()
	book = append(book, wrote{Line: line + 1, How: how, Tid: tid(), Goid: goid(), Value: v})
	bookLock.Unlock()
}

func next() int64 { return atomic.AddInt64(&value, 1) }

//go:noinline
func byField(v int64) {
	p := pointers["k"]
	note("field", v)
	p.Hits = v
}

//go:noinline
func byUnsafe(v int64) {
	p := unsafe.Pointer(pointers["k"])
	note("unsafe", v)
	*(*int64)(unsafe.Pointer(uintptr(p) + unsafe.Offsetof(Session{}.Hits))) = v
}

// byAssign holds a lock: without one, Go itself ends the program for two assignments at the same time.
//
//go:noinline
func byAssign(v int64) {
	inlinedLock.Lock()
	defer inlinedLock.Unlock()
	note("assign", v)
	inlined[7] = v
}

//go:noinline
func byStale(v int64) {
	p := stale
	note("stale", v)
	*p = v
}

//go:noinline
func byCell(v int64) {
	note("cell", v)
	*cell = v
}

//go:noinline
func byCopy(v int64) {
	from := make([]byte, 256)
	*(*int64)(unsafe.Pointer(&from[0])) = v
	to := unsafe.Slice((*byte)(unsafe.Pointer(block)), len(from))
	note("copy", v)
	copy(to, from)
}

// block is written by memmove.
var block = new([256]byte)

// addressOf finds the element of a key: Go gives no pointer to one, but the map's own functions return it.
//
//go:linkname mapaccess2 runtime.mapaccess2
func mapaccess2(typ, m, key unsafe.Pointer) (unsafe.Pointer, bool)

func elementOf(m map[int]int64, key int) *int64 {
	var face interface{} = m
	words := (*[2]unsafe.Pointer)(unsafe.Pointer(&face))
	element, _ := mapaccess2(words[0], words[1], unsafe.Pointer(&key))
	return (*int64)(element)
}

var ways = map[string]func(int64){
	"field":  byField,
	"unsafe": byUnsafe,
	"assign": byAssign,
	"stale":  byStale,
	"cell":   byCell,
	"copy":   byCopy,
}

type places struct {
	Cell    string `json:"cell"`
	Pointer string `json:"pointer"`
	Inlined string `json:"inlined"`
	Stale   string `json:"stale"`
	Block   string `json:"block"`
	Pid     int    `json:"pid"`
}

func at(p unsafe.Pointer) string { return fmt.Sprintf("%p", p) }

func answer(v interface{}) {
	line, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

// swarm lets n goroutines write at the same time, each on a thread of its own. With `mortal` that is a new one,
// which ends with its goroutine.
func swarm(n, times int, mortal bool, write func(int64)) {
	var ready, all sync.WaitGroup
	ready.Add(n)
	for i := 0; i < n; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			runtime.LockOSThread()
			if !mortal {
				defer runtime.UnlockOSThread()
			}
			ready.Done()
			ready.Wait()
			for j := 0; j < times; j++ {
				write(next())
			}
		}()
	}
	all.Wait()
}

var (
	held    sync.WaitGroup
	release chan struct{}
)

// hold starts n threads that write when they are released.
func hold(n int, write func(int64)) {
	var ready sync.WaitGroup
	ready.Add(n)
	held.Add(n)
	release = make(chan struct{})
	for i := 0; i < n; i++ {
		go func(release chan struct{}) {
			defer held.Done()
			runtime.LockOSThread()
			ready.Done()
			<-release
			write(next())
		}(release)
	}
	ready.Wait()
}

func main() {
	runtime.GOMAXPROCS(4)
	inlined[7] = 0
	for i := 0; i < 8; i++ {
		grown[i] = 0
	}
	stale = elementOf(grown, 3)
	answer(places{at(unsafe.Pointer(cell)), at(unsafe.Pointer(pointers["k"])), at(unsafe.Pointer(elementOf(inlined, 7))),
		at(unsafe.Pointer(stale)), at(unsafe.Pointer(block)), os.Getpid()})
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var verb, way string
		var n, times int
		fmt.Sscan(lines.Text(), &verb, &way, &n, &times)
		switch verb {
		case "write", "threads":
			swarm(n, times, verb == "threads", ways[way])
		case "hold":
			hold(n, ways[way])
		case "release":
			close(release)
			held.Wait()
		case "fill": // the map of `assign` grows, and takes its elements elsewhere
			for i := 0; i < n; i++ {
				inlined[1000+len(inlined)] = 0
			}
		case "grow": // the map moves its elements; `stale` points to where one was
			for i := 0; i < 2000; i++ {
				grown[i+100] = 1
			}
		case "flood": // writes without a line in the ledger
			for i := 0; i < n; i++ {
				*cell = int64(i)
			}
		case "set": // the next value is one more
			atomic.StoreInt64(&value, int64(n))
		case "read": // the kernel writes for us
			r, w, _ := os.Pipe()
			w.Write([]byte(strings.Repeat("x", 8)))
			note("read", 0)
			r.Read(unsafe.Slice((*byte)(unsafe.Pointer(cell)), 8))
		case "where":
			answer(at(unsafe.Pointer(elementOf(inlined, 7))))
			continue
		case "quit":
			os.Exit(0)
		}
		answer(book)
		book = nil
	}
}
