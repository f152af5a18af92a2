package mapaudit

import (
	"reflect"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
)

// Counters counts operations by what is done, type and caller, in the program itself and on every system that the hook
// works on. What is not called back (see the package's hazards) is not counted: Missed tells whether there was any.
type Counters struct {
	places   atomic.Value // map[place]*uint64, replaced whenever one is new
	changing sync.Mutex
	stops    []func()
}

// Counted is how often one place in the source has done one thing to maps of one type.
type Counted struct {
	Op     Op
	Type   reflect.Type
	Caller runtime.Frame
	N      uint64
}

type place struct {
	op  Op
	typ reflect.Type
	pc  uintptr
}

// Count begins to count assignments, deletes, reads and growth; options narrow that down, and with Every(n) one in n is
// counted. In programs without the hook nothing is. It panics when an option is nil.
func Count(options ...Option) *Counters {
	c := &Counters{}
	refuseNil("Count", looking(c.count), options)
	c.places.Store(map[place]*uint64{})
	for _, op := range [...]Op{Assign, Delete, Access, Grow} {
		// The caller's slice has no room that is ours.
		keyless := append(append([]Option(nil), options...), func(l *listener) { l.keyless = true })
		c.stops = append(c.stops, add("Count", op, looking(c.count), keyless))
	}
	return c
}

// Stop ends counting; what was counted can still be read.
func (c *Counters) Stop() {
	for _, stop := range c.stops {
		stop()
	}
}

// Read gives what was counted since the beginning, the most frequent first. Operations go on meanwhile.
func (c *Counters) Read() []Counted {
	var all []Counted
	for at, n := range c.now() {
		all = append(all, Counted{at.op, at.typ, Event{pc: at.pc}.Caller(), atomic.LoadUint64(n)})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].N > all[j].N })
	return all
}

func (c *Counters) now() map[place]*uint64 { return c.places.Load().(map[place]*uint64) }

// count is always inside a callback, where operations call nobody: nothing comes back here while the lock is held.
func (c *Counters) count(e Event) {
	at := place{e.Op, e.Type, e.pc}
	n := c.now()[at]
	if n == nil {
		n = c.placeOf(at)
	}
	atomic.AddUint64(n, 1)
}

func (c *Counters) placeOf(at place) *uint64 {
	c.changing.Lock()
	defer c.changing.Unlock()
	before := c.now()
	if n := before[at]; n != nil {
		return n
	}
	after := make(map[place]*uint64, len(before)+1)
	for other, n := range before {
		after[other] = n
	}
	after[at] = new(uint64)
	c.places.Store(after)
	return after[at]
}
