// Command every has a call of every map function that the compiler can choose, so that all of them are linked.
package main

import (
	"fmt"
	"os"
	"reflect"
)

type pair struct {
	A int
	B string
}

type (
	big  [129]byte
	huge [1025]byte
)

// exercise does each kind of operation on one map type.
func exercise[K comparable, E any](m map[K]E, k K, e E) int {
	m[k] = e
	_ = m[k]
	_, found := m[k]
	n := 0
	for range m {
		n++
	}
	delete(m, k)
	for key := range m {
		delete(m, key)
	}
	if found {
		n++
	}
	return n
}

func plain(n int) int {
	s, i, j, p := map[string]int{}, map[int32]int{}, map[int64]int{}, map[*int]int{}
	g, fat := map[pair]int{}, map[pair]huge{}
	key := pair{n, fmt.Sprint(n)}
	s[key.B], i[int32(n)], j[int64(n)], p[&n], g[key] = n, n, n, n, n
	fat[key] = huge{}
	sum := s[key.B] + i[int32(n)] + j[int64(n)] + p[&n] + g[key] + int(fat[key][3])
	if _, ok := s["x"]; ok {
		sum++
	}
	if _, ok := i[1]; ok {
		sum++
	}
	if _, ok := j[1]; ok {
		sum++
	}
	if _, ok := fat[pair{1, ""}]; ok {
		sum++
	}
	if _, ok := g[pair{1, ""}]; ok {
		sum++
	}
	delete(s, "x")
	delete(i, 1)
	delete(j, 1)
	delete(g, key)
	for k := range g {
		delete(g, k)
	}
	return sum
}

func reflected(n int) int {
	m := reflect.ValueOf(map[pair]int{})
	m.SetMapIndex(reflect.ValueOf(pair{n, "r"}), reflect.ValueOf(n))
	m.SetMapIndex(reflect.ValueOf(pair{n, "r"}), reflect.Value{})
	s := reflect.ValueOf(map[string]int{})
	s.SetMapIndex(reflect.ValueOf("r"), reflect.ValueOf(n))
	s.SetMapIndex(reflect.ValueOf("r"), reflect.Value{})
	for it := s.MapRange(); it.Next(); {
		n++
	}
	return n + m.Len() + len(s.MapKeys())
}

func main() {
	n := len(os.Args)
	n += plain(n) + reflected(n)
	n += exercise(map[string]big{}, "k", big{}) + exercise(map[[3]int16]int{}, [3]int16{int16(n)}, n)
	n += exercise(map[uint32]struct{}{}, uint32(n), struct{}{}) + exercise(map[float64]string{}, 1.5, "x")
	fmt.Println(n)
}
