//go:build go1.24

package main

func syncMap(*ledger, uint64) {}
