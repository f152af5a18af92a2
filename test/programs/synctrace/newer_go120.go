//go:build go1.20

package main

func newer(key any) {
	note("Swap", key)
	shared.Swap(key, 3)
	note("CompareAndSwap", key)
	shared.CompareAndSwap(key, 3, 4)
	note("CompareAndDelete", key)
	shared.CompareAndDelete(key, 5)
}
