package main

import (
	"bytes"
	"path"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// site is a place in this program that does an operation: filled when it is passed first.
type site struct {
	name, file string
	line       int32
}

var siteLock sync.Mutex

// dropSite is the one line of a method that is inlined where it is called.
func dropSite(name string, method any) site {
	pc := reflect.ValueOf(method).Pointer()
	file, line := runtime.FuncForPC(pc).FileLine(pc)
	return site{name, path.Base(file), int32(line)}
}

// here notes that the operation stands on the next line.
func (s *site) here() { s.below(1) }

// below notes that the operation stands so many lines below.
func (s *site) below(lines int) {
	if atomic.LoadInt32(&s.line) != 0 {
		return
	}
	siteLock.Lock()
	defer siteLock.Unlock()
	if s.line != 0 {
		return
	}
	var pcs [1]uintptr
	runtime.Callers(2, pcs[:])
	if frame, _ := runtime.CallersFrames(pcs[:]).Next(); strings.HasSuffix(frame.Function, ").here") {
		runtime.Callers(3, pcs[:])
	}
	frame, _ := runtime.CallersFrames(pcs[:]).Next()
	s.name, s.file = frame.Function, path.Base(frame.File)
	atomic.StoreInt32(&s.line, int32(frame.Line+lines))
}

// ledger is the account of one goroutine, in the order of its operations.
type ledger struct {
	goid  []byte
	count int64
	text  []byte
	// skip: the line at hand is a read that nobody asked for.
	skip bool
	// number is the map's, of the line at hand.
	number int64
	// stack is the goroutine's, of the line at hand: frames as function:line, innermost first.
	stack []byte
	// depth is used up, so that the compiler keeps what computes it.
	depth int
	sink  any
}

// newLedger begins with a line on the goroutine itself: its number, the function that it began with, and its
// thread, if it is bound to one.
func newLedger(bound bool) *ledger {
	var b [64]byte
	n := runtime.Stack(b[:], false)
	g := &ledger{goid: append([]byte(nil), bytes.Fields(b[:n])[1]...), text: make([]byte, 0, 1<<20)}
	thread := "-"
	if bound {
		thread = strconv.Itoa(syscall.Gettid())
	}
	g.text = append(g.text, strings.Join([]string{"G", string(g.goid), beganWith(), thread}, "\t")+"\n"...)
	return g
}

// beganWith is the function that go was called with: the outermost but runtime.goexit.
func beganWith() string {
	var pcs [512]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	name := ""
	for {
		frame, more := frames.Next()
		if frame.Function != "runtime.goexit" {
			name = frame.Function
		}
		if !more {
			return name
		}
	}
}

var lastNumber int64

// newNumber is the number of a map that was just made. No two have the same; a nil map has 0.
func newNumber() int64 { return atomic.AddInt64(&lastNumber, 1) }

// begin writes what comes before the key. The address is nil for a map on the stack, which may move.
func (g *ledger) begin(s *site, op, function string, address unsafe.Pointer, number int64, mapType string) []byte {
	g.skip = !*reads && (op == "access" || op == "iterate")
	g.number = number
	if *stacks {
		g.stack = appendStack(g.stack[:0])
	}
	b := append(append(g.text, g.goid...), '\t')
	b = append(strconv.AppendInt(b, time.Now().UnixNano(), 10), '\t')
	b = append(append(b, op...), '\t')
	b = append(append(b, function...), '\t')
	if number == onItsStack {
		b = append(b, '-')
	} else {
		b = strconv.AppendUint(append(b, "0x"...), uint64(uintptr(address)), 16)
	}
	return append(append(append(b, '\t'), mapType...), '\t')
}

// appendStack writes the frames from the function on that does the operation.
func appendStack(b []byte) []byte {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for own := true; ; {
		frame, more := frames.Next()
		own = own && (strings.HasSuffix(frame.Function, ".grew") || strings.HasSuffix(frame.Function, ".row") || strings.Contains(frame.Function, ".func"))
		if !own && frame.Function != "runtime.goexit" {
			b = append(append(b, frame.Function...), ':')
			b = append(strconv.AppendInt(b, int64(frame.Line), 10), ';')
		}
		if !more {
			return b
		}
	}
}

// end writes what comes after the key. `shown` are the bytes of the key that must be shown at least, or `whole`;
// `found` is -1 where it means nothing.
func (g *ledger) end(b []byte, s *site, shown, n int, found int8) {
	if g.skip {
		return
	}
	b = append(b, '\t')
	if shown == whole {
		b = append(b, '-', '\t')
	} else {
		b = append(strconv.AppendInt(b, int64(shown), 10), '\t')
	}
	b = append(strconv.AppendInt(b, int64(n), 10), '\t')
	b = append(append(b, "-01"[found+1]), '\t')
	b = append(append(b, s.name...), '\t')
	b = append(strconv.AppendInt(b, int64(atomic.LoadInt32(&s.line)), 10), '\t')
	b = append(append(b, s.file...), '\t')
	b = append(strconv.AppendInt(b, g.number, 10), '\t')
	g.text = append(append(b, g.stack...), '\n')
	g.count++
}

// grew writes down that the insert at a site made the map grow, if its header says so.
func (g *ledger) grew(s *site, before mark, address unsafe.Pointer, number int64, mapType string, n int) {
	if function := grewIn(before, markOf(address)); function != "" {
		g.end(g.begin(s, "grow", function, address, number, mapType), s, whole, n, -1)
	}
}

// heap keeps the compiler from putting a map on the stack.
func (g *ledger) heap(m any) any {
	g.sink = m
	return m
}

func flag8(b bool) int8 {
	if b {
		return 1
	}
	return 0
}

func quoted(s string) []byte { return strconv.AppendQuote(nil, s) }

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func addressOf[K comparable](m map[K]int64) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&m))
}
