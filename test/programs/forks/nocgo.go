//go:build !withcgo

package main

func withC() {}
