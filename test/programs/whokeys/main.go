// Writes keys of every kind that is easily written in more than one way, ten times a second, until it is killed.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"
)

type P struct{ X, Y int }
type PS struct {
	A string
	B int
}
type ID string

var (
	f64  = map[float64]int{}
	str  = map[string]int{}
	pt   = map[P]int{}
	ps   = map[PS]int{}
	ifc  = map[interface{}]int{}
	arr  = map[[3]int]int{}
	bo   = map[bool]int{}
	id   = map[ID]int{}
	long = map[string]int{}
	u64  = map[uint64]int{}
	ptr  = map[*P]int{}
	nest = map[string]map[string]int{"a": {}}
	js   = map[string]interface{}{}
	ru   = map[rune]int{}
	p0   = &P{1, 2}
	big  = map[[40]int64]int{}
	uuid = map[[16]byte]int{}
	sm   sync.Map
)

func main() {
	L := strings.Repeat("x", 500)
	fmt.Println("ready", os.Getpid())
	for n := 1; ; n++ {
		time.Sleep(100 * time.Millisecond)
		f64[1.5] = n
		f64[math.Copysign(0, -1)] = n
		delete(f64, 1.5)
		str["a b\"c"] = n
		str["ключ\x00\xff"] = n
		str["*"] = n
		str["x*"] = n
		str[""] = n
		delete(str, "*")
		pt[P{1, 2}] = n
		delete(pt, P{1, 2})
		ps[PS{"q", 3}] = n
		delete(ps, PS{"q", 3})
		ifc[1] = n
		ifc["1"] = n
		ifc[int8(1)] = n
		ifc[P{1, 2}] = n
		delete(ifc, 1)
		arr[[3]int{1, 2, 3}] = n
		bo[true] = n
		id["q"] = n
		long[L+"1"] = n
		long[L+"2"] = n
		delete(long, L+"1")
		u64[math.MaxUint64] = n
		ptr[p0] = n
		nest["a"]["b"] = n
		delete(nest["a"], "b")
		ru['x'] = n
		uuid[[16]byte{0xde, 0xad, 15: 1}] = n
		uuid[[16]byte{0xde, 0xad, 15: 2}] = n
		sm.Store("q", n)
		big[[40]int64{39: 1}] = n
		big[[40]int64{39: 2}] = n
		reflect.ValueOf(str).SetMapIndex(reflect.ValueOf("refl"), reflect.ValueOf(n))
		json.Unmarshal([]byte(`{"jk":1}`), &js)
		if n%10 == 0 {
			for k := range id {
				delete(id, k)
			}
		}
	}
}
