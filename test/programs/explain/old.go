//go:build !go1.21

package main

func modern(map[string]int, string) {}
