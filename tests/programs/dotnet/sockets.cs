// Sockets as .NET uses them: completion ports bound by the thread pool, overlapped operations of which several
// thousand are in flight, cancels, time-outs
//
// Copyright 2026 the wsuring authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Compiled and run by tests/dotnet. Prints a line `ok PART' or `FAILED PART: why' for each part.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

static class Program
{
    const int Seconds = 30;

    static Socket Stream() => new Socket( AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp );

    static Socket Listener()
    {
        var s = Stream();
        s.Bind( new IPEndPoint( IPAddress.Loopback, 0 ) );
        s.Listen( 512 );
        return s;
    }

    static void Expect( bool right, string what )
    {
        if (!right) throw new Exception( what );
    }

    static async Task Within( Task task, string what )
    {
        Expect( await Task.WhenAny( task, Task.Delay( Seconds * 1000 ) ) == task, what + " doesn't end" );
        await task;
    }

    static async Task<T> Within<T>( Task<T> task, string what )
    {
        await Within( (Task)task, what );
        return task.Result;
    }

    static async Task SendAll( Socket s, byte[] data )
    {
        for (int done = 0; done < data.Length;)
            done += await s.SendAsync( new ArraySegment<byte>( data, done, data.Length - done ), SocketFlags.None );
    }

    static async Task<int> ReceiveAll( Socket s, byte[] data )
    {
        int done = 0, n;
        while (done < data.Length)
        {
            n = await s.ReceiveAsync( new ArraySegment<byte>( data, done, data.Length - done ), SocketFlags.None );
            if (n == 0) break;
            done += n;
        }
        return done;
    }

    static byte[] Pattern( int seed, int size )
    {
        var data = new byte[size];
        new Random( seed ).NextBytes( data );
        return data;
    }

    static SocketError ErrorOf( Exception e )
    {
        while (e != null && !( e is SocketException )) e = e.InnerException;
        return e == null ? SocketError.Success : ( (SocketException)e ).SocketErrorCode;
    }

    static async Task<Exception> Fails( Task task, string what )
    {
        Expect( await Task.WhenAny( task, Task.Delay( Seconds * 1000 ) ) == task, what + " doesn't end" );
        Expect( task.IsFaulted || task.IsCanceled, what + " succeeds" );
        return task.Exception == null ? (Exception)new OperationCanceledException() : task.Exception;
    }

    // An echo server in the style of SocketAsyncEventArgs: each callback starts the next operation, and one that ends
    // at once goes on in a loop.
    class ArgsServer
    {
        public readonly Socket Listening = Listener();
        public int Accepted;
        public volatile string Failure;

        public void Start()
        {
            for (int i = 0; i < 4; i++)
            {
                var args = new SocketAsyncEventArgs();
                args.Completed += ( sender, e ) => { if (Take( e )) Accept( e ); };
                Accept( args );
            }
        }

        void Accept( SocketAsyncEventArgs args )
        {
            do
            {
                args.AcceptSocket = null;
                try { if (Listening.AcceptAsync( args )) return; }
                catch (ObjectDisposedException) { return; }
            }
            while (Take( args ));
        }

        bool Take( SocketAsyncEventArgs args )
        {
            if (args.SocketError != SocketError.Success)
            {
                if (args.SocketError != SocketError.OperationAborted) Failure = "accept: " + args.SocketError;
                return false;
            }
            Interlocked.Increment( ref Accepted );
            var e = new SocketAsyncEventArgs();
            e.SetBuffer( new byte[4096], 0, 4096 );
            e.UserToken = args.AcceptSocket;
            e.Completed += Step;
            if (!args.AcceptSocket.ReceiveAsync( e )) Step( null, e );
            return true;
        }

        void Step( object sender, SocketAsyncEventArgs e )
        {
            var s = (Socket)e.UserToken;
            bool pends;
            try
            {
                do
                {
                    if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
                    {
                        if (e.SocketError != SocketError.Success && e.SocketError != SocketError.ConnectionReset)
                            Failure = e.LastOperation + ": " + e.SocketError;
                        s.Dispose();
                        return;
                    }
                    if (e.LastOperation == SocketAsyncOperation.Receive)
                    {
                        e.SetBuffer( 0, e.BytesTransferred );
                        pends = s.SendAsync( e );
                    }
                    else
                    {
                        e.SetBuffer( 0, 4096 );
                        pends = s.ReceiveAsync( e );
                    }
                }
                while (!pends);
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }

    static async Task EchoOn( EndPoint server, int seed, int rounds, int size )
    {
        using (var s = Stream())
        {
            await s.ConnectAsync( server );
            s.NoDelay = true;
            for (int i = 0; i < rounds; i++)
            {
                var data = Pattern( seed * 1000 + i, size );
                var got = new byte[size];
                var receive = ReceiveAll( s, got );
                await SendAll( s, data );
                Expect( await receive == size, "an echo is short" );
                Expect( data.SequenceEqual( got ), "an echo differs" );
            }
            s.Shutdown( SocketShutdown.Send );
            Expect( await s.ReceiveAsync( new ArraySegment<byte>( new byte[1] ), SocketFlags.None ) == 0, "no end" );
        }
    }

    // a server with 64 connections at once
    static async Task Echo()
    {
        var server = new ArgsServer();
        server.Start();
        await Within( Task.WhenAll( Enumerable.Range( 0, 64 ).Select(
            i => EchoOn( server.Listening.LocalEndPoint, i, 20, i % 4 == 0 ? 50000 : 300 ) ) ), "echo" );
        server.Listening.Dispose();
        Expect( server.Failure == null, server.Failure );
        Expect( server.Accepted == 64, server.Accepted + " accepted" );
    }

    // 200 connects at once, three times
    static async Task Storm()
    {
        var server = new ArgsServer();
        server.Start();
        for (int round = 0; round < 3; round++)
            await Within( Task.WhenAll( Enumerable.Range( 0, 200 ).Select(
                i => EchoOn( server.Listening.LocalEndPoint, i, 1, 16 ) ) ), "storm" );
        server.Listening.Dispose();
        Expect( server.Failure == null, server.Failure );
        Expect( server.Accepted == 600, server.Accepted + " accepted" );
    }

    // accept and connect by tasks, by Begin and End, and blocking in threads of their own
    static async Task Accept()
    {
        using (var listener = Listener())
        {
            for (int i = 0; i < 50; i++)
            {
                var accept = listener.AcceptAsync();
                var near = Stream();
                var connect = i % 2 == 0 ? near.ConnectAsync( listener.LocalEndPoint )
                    : Task.Factory.FromAsync( near.BeginConnect, near.EndConnect, listener.LocalEndPoint, null );
                await Within( connect, "connect" );
                var far = await Within( accept, "accept" );
                Expect( ( (IPEndPoint)far.RemoteEndPoint ).Port == ( (IPEndPoint)near.LocalEndPoint ).Port, "whose?" );
                Expect( far.Connected && near.Connected, "Connected" );
                far.Send( new byte[] { 7 } );
                var data = new byte[1];
                Expect( near.Receive( data ) == 1 && data[0] == 7, "byte" );
                near.Dispose();
                var end = far.ReceiveAsync( new ArraySegment<byte>( data ), SocketFlags.None );
                Expect( await Within( end, "end" ) == 0, "end" );
                far.Dispose();
            }
            var blocked = Task.Run( () => listener.Accept() );
            using (var near = Stream())
            {
                near.Connect( listener.LocalEndPoint );
                ( await Within( blocked, "blocking accept" ) ).Dispose();
            }
        }
    }

    // operations whose socket is closed, and a connect that nobody takes
    static async Task Cancel()
    {
        var listener = Listener();
        for (int i = 0; i < 50; i++)
        {
            var near = Stream();
            var connect = near.ConnectAsync( listener.LocalEndPoint );
            var far = await Within( listener.AcceptAsync(), "accept" );
            await Within( connect, "connect" );
            var receives = Enumerable.Range( 0, 8 ).Select(
                n => near.ReceiveAsync( new ArraySegment<byte>( new byte[64] ), SocketFlags.None ) ).ToArray();
            near.Dispose();
            foreach (var receive in receives)
            {
                var e = await Fails( receive, "a receive on a closed socket" );
                var inner = ( e as AggregateException )?.InnerException ?? e;
                Expect( inner is ObjectDisposedException || ErrorOf( e ) == SocketError.OperationAborted
                    || ErrorOf( e ) == SocketError.ConnectionAborted, inner.GetType() + " " + ErrorOf( e ) );
            }
            far.Dispose();
        }
        var accept = listener.AcceptAsync();
        listener.Dispose();
        await Fails( accept, "an accept on a closed socket" );

        using (var s = Stream())
        using (var bound = Stream()) // it keeps others from the port, and doesn't listen
        {
            var args = new SocketAsyncEventArgs();
            var done = new TaskCompletionSource<SocketError>();
            bound.Bind( new IPEndPoint( IPAddress.Loopback, 0 ) );
            args.RemoteEndPoint = bound.LocalEndPoint;
            args.Completed += ( sender, e ) => done.SetResult( e.SocketError );
            if (!s.ConnectAsync( args )) done.SetResult( args.SocketError );
            Expect( await Within( done.Task, "refused connect" ) == SocketError.ConnectionRefused, "refused" );
        }
        // a client that is aborted
        using (listener = Listener())
        {
            var near = Stream();
            var connect = near.ConnectAsync( listener.LocalEndPoint );
            using (var far = await Within( listener.AcceptAsync(), "accept" ))
            {
                await Within( connect, "connect" );
                var receive = far.ReceiveAsync( new ArraySegment<byte>( new byte[64] ), SocketFlags.None );
                near.LingerState = new LingerOption( true, 0 );
                near.Dispose();
                var error = ErrorOf( await Fails( receive, "receive of a reset" ) );
                Expect( error == SocketError.ConnectionReset, "reset: " + error );
            }
        }
    }

    // time-outs of blocking calls, Poll and Select
    static async Task Timeouts()
    {
        using (var listener = Listener())
        using (var near = Stream())
        {
            near.Connect( listener.LocalEndPoint );
            using (var far = await Within( listener.AcceptAsync(), "accept" ))
            {
                near.ReceiveTimeout = 200;
                var begin = DateTime.UtcNow;
                try
                {
                    near.Receive( new byte[1] );
                    Expect( false, "a receive without data" );
                }
                catch (SocketException e)
                {
                    Expect( e.SocketErrorCode == SocketError.TimedOut, "time-out: " + e.SocketErrorCode );
                }
                var time = ( DateTime.UtcNow - begin ).TotalMilliseconds;
                Expect( time > 150, "time-out after " + time );
                Expect( !near.Poll( 100000, SelectMode.SelectRead ), "Poll without data" );
                var poll = Task.Run( () => near.Poll( Seconds * 1000000, SelectMode.SelectRead ) );
                far.Send( new byte[] { 1 } );
                Expect( await Within( poll, "Poll" ), "Poll with data" );
                var read = new List<Socket> { near, far };
                Socket.Select( read, null, null, Seconds * 1000000 );
                Expect( read.Count == 1 && read[0] == near, "Select" );
                Expect( near.Available == 1, "Available" );
            }
        }
    }

    static async Task Datagrams()
    {
        using (var server = new Socket( AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp ))
        {
            server.Bind( new IPEndPoint( IPAddress.Loopback, 0 ) );
            server.ReceiveBufferSize = 1 << 20;
            var serve = Task.Run( async () =>
            {
                var data = new byte[2000];
                for (int i = 0; i < 16 * 50; i++)
                {
                    var got = await server.ReceiveFromAsync( new ArraySegment<byte>( data ), SocketFlags.None,
                        new IPEndPoint( IPAddress.Any, 0 ) );
                    await server.SendToAsync( new ArraySegment<byte>( data, 0, got.ReceivedBytes ), SocketFlags.None,
                        got.RemoteEndPoint );
                }
            } );
            var clients = Enumerable.Range( 0, 16 ).Select( async n =>
            {
                using (var client = new UdpClient( new IPEndPoint( IPAddress.Loopback, 0 ) ))
                    for (int i = 0; i < 50; i++)
                    {
                        var data = Pattern( n * 1000 + i, 1 + i * 30 );
                        await client.SendAsync( data, data.Length, (IPEndPoint)server.LocalEndPoint );
                        var got = await client.ReceiveAsync();
                        Expect( got.Buffer.SequenceEqual( data ), "a datagram differs" );
                        Expect( got.RemoteEndPoint.Equals( server.LocalEndPoint ), "from " + got.RemoteEndPoint );
                    }
            } );
            await Within( Task.WhenAll( clients ), "datagrams" );
            await Within( serve, "server of datagrams" );

            // with the packet's own destination
            using (var client = new Socket( AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp ))
            {
                var receive = server.ReceiveMessageFromAsync( new ArraySegment<byte>( new byte[10] ), SocketFlags.None,
                    new IPEndPoint( IPAddress.Any, 0 ) );
                client.SendTo( new byte[] { 1, 2, 3 }, server.LocalEndPoint );
                var got = await Within( receive, "ReceiveMessageFrom" );
                Expect( got.ReceivedBytes == 3, "bytes " + got.ReceivedBytes );
                var to = got.PacketInformation.Address;
                Expect( to.Equals( IPAddress.Loopback ), "to " + to );
            }
        }
    }

    // both directions of one connection at once, in buffers of several lengths
    static async Task Bulk()
    {
        using (var listener = Listener())
        using (var near = Stream())
        {
            var accept = listener.AcceptAsync();
            await near.ConnectAsync( listener.LocalEndPoint );
            using (var far = await Within( accept, "accept" ))
            {
                byte[] up = Pattern( 1, 8 << 20 ), down = Pattern( 2, 8 << 20 ), gotUp = new byte[8 << 20],
                    gotDown = new byte[8 << 20];
                await Within( Task.WhenAll( SendAll( near, up ), SendAll( far, down ), ReceiveAll( near, gotDown ),
                    ReceiveAll( far, gotUp ) ), "bulk" );
                Expect( up.SequenceEqual( gotUp ) && down.SequenceEqual( gotDown ), "bulk differs" );
                var pieces = Enumerable.Range( 0, 100 ).Select(
                    i => new ArraySegment<byte>( up, i * 10, 10 ) ).ToList();
                Expect( await Within( near.SendAsync( pieces, SocketFlags.None ), "pieces" ) == 1000, "pieces" );
                var whole = new byte[1000];
                Expect( await Within( ReceiveAll( far, whole ), "whole" ) == 1000, "whole" );
                Expect( whole.SequenceEqual( up.Take( 1000 ) ), "pieces differ" );
            }
        }
    }

    // HttpClient, 8 of them at once on new connections, against a small server of NetworkStreams
    static async Task Http()
    {
        var listener = new TcpListener( IPAddress.Loopback, 0 );
        listener.Start( 256 );
        var serve = Task.Run( async () =>
        {
            while (true)
            {
                TcpClient client;
                try { client = await listener.AcceptTcpClientAsync(); }
                catch (Exception) { return; }
                var ignored = Task.Run( async () =>
                {
                    using (client)
                    {
                        var stream = client.GetStream();
                        var data = new byte[8192];
                        var text = "";
                        while (!text.Contains( "\r\n\r\n" ))
                        {
                            int n = await stream.ReadAsync( data, 0, data.Length );
                            if (n == 0) return;
                            text += Encoding.ASCII.GetString( data, 0, n );
                        }
                        var answer = Encoding.ASCII.GetBytes(
                            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello" );
                        await stream.WriteAsync( answer, 0, answer.Length );
                    }
                } );
            }
        } );
        var port = ( (IPEndPoint)listener.LocalEndpoint ).Port;
        await Within( Task.WhenAll( Enumerable.Range( 0, 8 ).Select( async n =>
        {
            for (int i = 0; i < 25; i++)
                using (var client = new HttpClient())
                    Expect( await client.GetStringAsync( "http://127.0.0.1:" + port + "/" ) == "hello", "answer" );
        } ) ), "requests" );
        listener.Stop();
        await Within( serve, "server" );
    }

    static int Main( string[] names )
    {
        var parts = new (string, Func<Task>)[] { ( "echo", Echo ), ( "storm", Storm ), ( "accept", Accept ),
            ( "cancel", Cancel ), ( "timeouts", Timeouts ), ( "datagrams", Datagrams ), ( "bulk", Bulk ),
            ( "http", Http ) };
        int failed = 0;

        foreach (var (name, part) in parts)
        {
            if (names.Length > 0 && !names.Contains( name )) continue;
            try
            {
                var task = part();
                if (!task.Wait( Seconds * 2000 )) throw new Exception( "it doesn't end" );
                Console.WriteLine( "ok " + name );
            }
            catch (Exception e)
            {
                failed++;
                Console.WriteLine( "FAILED " + name + ": " + ( ( e as AggregateException )?.InnerException ?? e ) );
            }
        }
        Console.Out.Flush();
        return failed;
    }
}
