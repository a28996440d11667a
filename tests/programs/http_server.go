// An HTTP server like http_server.js, for tools/bench.
//
// Copyright 2026 the wsuring authors
// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
)

func main() {
	body := bytes.Repeat([]byte("x"), 256)
	http.HandleFunc("/quit", func(response http.ResponseWriter, request *http.Request) { os.Exit(0) })
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "text/plain")
		response.Header().Set("Content-Length", strconv.Itoa(len(body)))
		response.Write(body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("PORT %d\n", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
