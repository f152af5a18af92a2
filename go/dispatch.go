package mapaudit

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"unsafe"
)

// want is asked first: most operations are nobody's concern.
func want(site uint32, t unsafe.Pointer) bool {
	op := opOf(site)
	for _, l := range current() {
		if l.op == op {
			return true
		}
	}
	return false
}

// dispatch is called by the hook. What it returns is where a value lies that a read gives in place of the map's, or nil.
func dispatch(site uint32, t, m, key unsafe.Pointer, pc uintptr, goid uint64) unsafe.Pointer {
	op := opOf(site)
	event := Event{Op: op, Type: typeOf(t), Map: uintptr(m), Goid: goid, pc: pc}
	if isRuntime(pc) {
		return nil
	}
	// Maps of generic functions have types of their own up to Go 1.19, which say nothing.
	if event.Type.Kind() != reflect.Map {
		return nil
	}
	var stand unsafe.Pointer
	for _, l := range current() {
		if l.op != op || l.match != nil && !l.match(event.Type) {
			continue
		}
		if l.every > 1 && atomic.AddUint64(l.hits, 1)%l.every != 0 {
			continue
		}
		if key != nil && event.Key == nil && !l.keyless {
			event.Key = copyOf(event.Type.Key(), key)
		}
		// A read that the runtime is going to refuse is left to it.
		if value, replace := l.call(event); replace && op == Access && isHashable(reflect.NewAt(event.Type.Key(), key).Elem()) {
			stand = valueFor(event.Type, value)
		}
	}
	return stand
}

// isRuntime tells whether the runtime itself works on a map of its own.
func isRuntime(pc uintptr) bool {
	f := runtime.FuncForPC(pc - 1)
	return f != nil && isOfRuntime(f.Name())
}

// isOfRuntime tells runtime.f from runtime.example/app.f, of which the name begins with the path of a module.
func isOfRuntime(function string) bool {
	if !strings.HasPrefix(function, "runtime.") {
		return false
	}
	if types := strings.IndexByte(function, '['); types >= 0 {
		function = function[:types]
	}
	return strings.IndexByte(function, '/') < 0
}

func valueFor(m reflect.Type, value any) unsafe.Pointer {
	place := reflect.New(m.Elem())
	if value != nil {
		v := reflect.ValueOf(value)
		if !v.Type().AssignableTo(m.Elem()) {
			panic(fmt.Sprintf("mapaudit: a value of type %v cannot stand in a %v", v.Type(), m))
		}
		place.Elem().Set(v)
	}
	return unsafe.Pointer(place.Pointer())
}
