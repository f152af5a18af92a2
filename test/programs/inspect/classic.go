//go:build !go1.24

package main

const classic = true
