package mapaudit

import (
	"reflect"
	"unsafe"
)

// copyOf makes of a key what can be kept. The key of a read or of a delete may lie on the stack, with its texts and what
// interfaces in it hold, or share the bytes of a []byte: Go makes no copy of what such a function does not keep. Nothing
// here may put such a pointer on the heap, where it stays as it is when the stack moves.
func copyOf(t reflect.Type, key unsafe.Pointer) any {
	from := reflect.NewAt(t, key).Elem()
	if isPlain(t) {
		return from.Interface()
	}
	to := reflect.New(t).Elem()
	copyInto(to, from)
	return to.Interface()
}

// isPlain tells whether values of a type hold nothing but bits.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Array:
		return t.Len() == 0 || isPlain(t.Elem())
	case reflect.String, reflect.Interface, reflect.Ptr, reflect.Chan, reflect.UnsafePointer, reflect.Map, reflect.Func, reflect.Slice:
		return false
	}
	return true
}

// copyInto copies a value into one of the same type that lies on the heap and may be set.
func copyInto(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(string([]byte(from.String())))
	case reflect.Interface:
		if !from.IsNil() {
			held := reflect.New(from.Elem().Type()).Elem()
			copyInto(held, from.Elem())
			to.Set(held)
		}
	case reflect.Struct:
		for i := 0; i < from.NumField(); i++ {
			copyInto(settable(to.Field(i)), from.Field(i))
		}
	case reflect.Array:
		for i := 0; i < from.Len(); i++ {
			copyInto(to.Index(i), from.Index(i))
		}
	case reflect.Bool:
		to.SetBool(from.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		to.SetInt(from.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		to.SetUint(from.Uint())
	case reflect.Float32, reflect.Float64:
		to.SetFloat(from.Float())
	case reflect.Complex64, reflect.Complex128:
		to.SetComplex(from.Complex())
	case reflect.Ptr, reflect.Chan, reflect.UnsafePointer:
		copyPointer(to, from)
	}
	// Maps, slices and functions are no keys: such an operation panics by itself (isHashable), and they stay nil here.
}

func copyPointer(to, from reflect.Value) {
	if at := from.UnsafePointer(); !shared.onStack(at) {
		*(*unsafe.Pointer)(unsafe.Pointer(to.UnsafeAddr())) = at
	}
}

// isHashable tells whether a key can be looked up, or makes the operation panic: as the runtime's typehash decides it,
// which skips blank fields. Only what an interface holds can be of a type that has no hash.
func isHashable(key reflect.Value) bool {
	if !key.Type().Comparable() || isPlain(key.Type()) {
		return key.Type().Comparable()
	}
	switch key.Kind() {
	case reflect.Interface:
		return key.IsNil() || isHashable(key.Elem())
	case reflect.Struct:
		for i := 0; i < key.NumField(); i++ {
			if key.Type().Field(i).Name != "_" && !isHashable(key.Field(i)) {
				return false
			}
		}
	case reflect.Array:
		for i := 0; i < key.Len(); i++ {
			if !isHashable(key.Index(i)) {
				return false
			}
		}
	}
	return true
}

// settable gives a field that can be set, whatever its name.
func settable(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}
