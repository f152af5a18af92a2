package main

import (
	"bytes"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// site is a place in this program that does an operation: filled when it is passed first.
type site struct {
	name string
	line int32
}

var siteLock sync.Mutex

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
	s.name = frame.Function
	atomic.StoreInt32(&s.line, int32(frame.Line+lines))
}

// ledger is the account of one goroutine, in the order of its operations.
type ledger struct {
	goid  []byte
	count int64
	text  []byte
	// skip: the line at hand is a read that nobody asked for.
	skip bool
	// depth is used up, so that the compiler keeps what computes it.
	depth int
	sink  any
}

func newLedger() *ledger {
	var b [64]byte
	n := runtime.Stack(b[:], false)
	return &ledger{goid: append([]byte(nil), bytes.Fields(b[:n])[1]...), text: make([]byte, 0, 1<<20)}
}

// begin writes what comes before the key.
func (g *ledger) begin(s *site, op, function string, address unsafe.Pointer, mapType string) []byte {
	g.skip = !*reads && (op == "access" || op == "iterate")
	b := append(append(g.text, g.goid...), '\t')
	b = append(strconv.AppendInt(b, g.count, 10), '\t')
	b = append(append(b, op...), '\t')
	b = append(append(b, function...), '\t')
	if s == &stackSites[0] || s == &stackSites[1] || s == &stackSites[2] {
		b = append(b, '-')
	} else {
		b = strconv.AppendUint(append(b, "0x"...), uint64(uintptr(address)), 16)
	}
	return append(append(append(b, '\t'), mapType...), '\t')
}

// end writes what comes after the key. `found` is -1 where it means nothing.
func (g *ledger) end(b []byte, s *site, keyType string, n int, found int8) {
	if g.skip {
		return
	}
	b = append(append(append(b, '\t'), keyType...), '\t')
	b = append(strconv.AppendInt(b, int64(n), 10), '\t')
	b = append(append(b, "-01"[found+1]), '\t')
	b = append(append(b, s.name...), '\t')
	g.text = append(strconv.AppendInt(b, int64(atomic.LoadInt32(&s.line)), 10), '\n')
	g.count++
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
