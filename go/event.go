package mapaudit

import (
	"reflect"
	"runtime"
	"unsafe"
)

// Op is what is done to a map.
type Op string

// The operations that callbacks can be asked for.
const (
	Assign Op = "assign"
	Delete Op = "delete"
	Access Op = "access"
	Grow   Op = "grow"
)

// Event is one operation.
type Event struct {
	Op Op
	// Type is the map's type.
	Type reflect.Type
	// Map is the address of the map; it tells maps apart as long as both live.
	Map uintptr
	// Key is a copy of the key, with copies of the texts in it; nil for Grow. A pointer to a stack, which can be no key
	// of any entry, is nil in it, and so are maps, slices and functions, with which the operation is about to panic.
	Key any
	// Goid is the number of the goroutine, as stack traces show it.
	Goid uint64

	pc uintptr
}

// Caller is where the operation stands in the source.
func (e Event) Caller() runtime.Frame {
	frame, _ := runtime.CallersFrames([]uintptr{e.pc}).Next()
	return frame
}

// Option narrows down what a callback is called for.
type Option func(*listener)

// Types takes maps of these types, as Go prints them: "map[string]int". Several options that name types add up.
func Types(names ...string) Option {
	return also(func(t reflect.Type) bool {
		for _, name := range names {
			if t.String() == name {
				return true
			}
		}
		return false
	})
}

// TypesLike takes maps of the same types as these values: TypesLike(map[string]int(nil)).
func TypesLike(maps ...any) Option {
	return also(func(t reflect.Type) bool {
		for _, m := range maps {
			if t == reflect.TypeOf(m) {
				return true
			}
		}
		return false
	})
}

func also(match func(reflect.Type) bool) Option {
	return func(l *listener) {
		before := l.match
		l.match = func(t reflect.Type) bool { return before != nil && before(t) || match(t) }
	}
}

// Every takes one operation in n; each, when n is less than 2.
func Every(n int) Option {
	return func(l *listener) {
		if n > 1 {
			l.every = uint64(n)
		}
	}
}

// opOf reads a site's number: src/probe/build/sites.ts.
func opOf(site uint32) Op {
	switch {
	case site < 4:
		return Delete
	case site < 10:
		return Assign
	case site > 10 && site < 14:
		return Grow
	case site > 13 && site < 24:
		return Access
	}
	return ""
}

// typeOf makes a type of its descriptor.
func typeOf(t unsafe.Pointer) reflect.Type {
	var value any
	(*[2]unsafe.Pointer)(unsafe.Pointer(&value))[0] = t
	return reflect.TypeOf(value)
}
