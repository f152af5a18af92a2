// Package mapaudit calls functions of a program for what it does to its maps: assignments, deletes, reads and growth.
//
// It works in programs that were built with `mapaudit go build` (run, test, install). In all others nothing is called
// back, and operations cost nothing: Active tells which it is.
//
// # Hazards
//
// A callback runs inside the operation, on its goroutine, before the map is touched, and with whatever locks the
// program holds there: a callback that takes such a lock waits for ever. Operations that a callback itself makes call
// nobody. A callback must not write to the map that it is called for; OnGrow is called in the middle of a write, so its
// callback must not even read it. Some operations call nobody: those of package runtime, those made while the runtime
// holds a lock of its own, and those that the compiler does without a function, such as len(m) and writes through a
// pointer to a value. A callback that panics makes the operation panic; the map is as it was before.
//
// An operation whose key cannot be hashed, such as m[any([]int{})], panics as it does without callbacks, after them, and
// whatever OnAccess gave: there is no such read for which a value could stand in.
//
// m[k]++ and its like read in place, and get no value of OnAccess; built with -race they are a read and an assignment,
// so that what OnAccess gave gets into the map.
//
// A nil function, and a nil Option, are mistakes in the program: OnAssign, OnDelete, OnAccess, OnGrow and Count panic at
// once, in every build, whether it has the hook or not.
package mapaudit

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// shared is declared by the hook, too: the linker makes one variable of both.
//
//go:linkname shared runtime.mapauditHooks
var shared struct {
	version uint32
	missed  uint32
	set     func(on bool)
	want    func(site uint32, t unsafe.Pointer) bool
	fn      func(site uint32, t, m, key unsafe.Pointer, pc uintptr, goid uint64) unsafe.Pointer
	onStack func(p unsafe.Pointer) bool
}

// known is the version of the hook that this package was written for.
const known = 2

// Active tells whether the program was built with the hook.
func Active() bool { return shared.version == known }

// Missed is how many callbacks were left out, since the program began, because thousands of goroutines were in callbacks
// already. A read of which OnAccess was left out had the map's own value.
func Missed() uint32 { return atomic.LoadUint32(&shared.missed) }

// OnAssign calls f before each assignment: m[k] = v, m[k]++, and the like. It panics when f or an option is nil.
func OnAssign(f func(Event), options ...Option) (stop func()) {
	return add("OnAssign", Assign, looking(f), options)
}

// OnDelete calls f before each delete(m, k), whether the key is there or not. It is not called for clear(m), nor for a
// loop that deletes every key of a map and does nothing else: the compiler makes a clear of it. It panics when f or an
// option is nil.
func OnDelete(f func(Event), options ...Option) (stop func()) {
	return add("OnDelete", Delete, looking(f), options)
}

// OnAccess calls f before each read of an entry. When f returns a value and true, the program gets this value in place
// of the map's; it must be of the map's element type, or the program panics. A read whose key cannot be hashed panics as
// ever, whatever f returns. OnAccess panics when f or an option is nil.
func OnAccess(f func(Event) (value any, replace bool), options ...Option) (stop func()) {
	return add("OnAccess", Access, f, options)
}

// OnGrow calls f when a map is about to become larger. It panics when f or an option is nil.
func OnGrow(f func(Event), options ...Option) (stop func()) {
	return add("OnGrow", Grow, looking(f), options)
}

// listener is one registration.
type listener struct {
	op    Op
	call  func(Event) (any, bool)
	match func(reflect.Type) bool
	every uint64
	hits  *uint64
	// It does not look at keys: none is copied for it.
	keyless bool
}

var (
	changing  sync.Mutex
	listeners atomic.Value // []listener
)

// looking makes a listener's call of a function that replaces nothing; nil of nil.
func looking(f func(Event)) func(Event) (any, bool) {
	if f == nil {
		return nil
	}
	return func(e Event) (any, bool) { f(e); return nil, false }
}

// refuseNil panics where the mistake is, in the name of the function that was called: an operation that finds it later,
// somewhere in the program, would panic with nothing that leads back here.
func refuseNil(caller string, call func(Event) (any, bool), options []Option) {
	if call == nil {
		panic("mapaudit: " + caller + ": nil function")
	}
	for i, option := range options {
		if option == nil {
			panic(fmt.Sprintf("mapaudit: %s: option %d of %d is nil", caller, i+1, len(options)))
		}
	}
}

func add(caller string, op Op, call func(Event) (any, bool), options []Option) (stop func()) {
	refuseNil(caller, call, options)
	if !Active() {
		return func() {}
	}
	l := listener{op: op, call: call, every: 1, hits: new(uint64)}
	for _, option := range options {
		option(&l)
	}
	change(func(all []listener) []listener { return append(all, l) })
	return func() {
		change(func(all []listener) []listener {
			var left []listener
			for _, other := range all {
				if other.hits != l.hits {
					left = append(left, other)
				}
			}
			return left
		})
	}
}

func change(edit func([]listener) []listener) {
	changing.Lock()
	defer changing.Unlock()
	all := edit(append([]listener(nil), current()...))
	listeners.Store(all)
	// Set once, and left: an operation may be on its way through them.
	if shared.fn == nil {
		shared.want = want
		shared.fn = dispatch
	}
	shared.set(len(all) > 0)
}

func current() []listener {
	all, _ := listeners.Load().([]listener)
	return all
}
