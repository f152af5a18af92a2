// Command growth lets maps of each kind grow, from a place of its own each, over and over.
package main

import (
	"reflect"
	"strconv"
	"time"
)

type wide struct{ a, b, c int }

const entries = 300

func growString(m map[string]int) {
	for i := 0; i < entries; i++ {
		m[strconv.Itoa(i)] = i
	}
}

func grow32(m map[int32]int) {
	for i := int32(0); i < entries; i++ {
		m[i] = 1
	}
}

func grow64(m map[uint64]string) {
	for i := uint64(0); i < entries; i++ {
		m[i] = "x"
	}
}

func growPointer(m map[*int]bool) {
	for i := 0; i < entries; i++ {
		m[new(int)] = true
	}
}

func growWide(m map[wide]int) {
	for i := 0; i < entries; i++ {
		m[wide{i, i, i}]++
	}
}

func growInterface(m map[interface{}]int) {
	for i := 0; i < entries; i++ {
		m[float64(i)] = i
	}
}

func growReflect(m map[string]int) {
	v := reflect.ValueOf(m)
	for i := 0; i < entries; i++ {
		v.SetMapIndex(reflect.ValueOf(strconv.Itoa(i)), reflect.ValueOf(i))
	}
}

func put(m map[int]int, key int) { m[key] = key } // inlined

func growInlined(m map[int]int) {
	for i := 0; i < entries; i++ {
		put(m, i)
	}
}

func growGeneric[K comparable](m map[K]int, key func(int) K) {
	for i := 0; i < entries; i++ {
		m[key(i)] = i
	}
}

// growDeep assigns at the end of a long chain of calls, on a stack that has just grown.
//
//go:noinline
func growDeep(m map[int]int, depth int) int {
	var room [256]byte
	room[depth%256] = byte(depth)
	if depth == 0 {
		for i := 0; i < entries; i++ {
			m[i] = i
		}
		return len(m)
	}
	return growDeep(m, depth-1) + int(room[(depth+1)%256])
}

func main() {
	for {
		growString(map[string]int{})
		grow32(map[int32]int{})
		grow64(map[uint64]string{})
		growPointer(map[*int]bool{})
		growWide(map[wide]int{})
		growInterface(map[interface{}]int{})
		growReflect(map[string]int{})
		growInlined(map[int]int{})
		growGeneric(map[string]int{}, strconv.Itoa)
		done := make(chan int)
		go func() { done <- growDeep(map[int]int{}, 100) }()
		<-done
		time.Sleep(20 * time.Millisecond)
	}
}
