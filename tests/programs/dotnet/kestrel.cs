// An HTTP server like http_server.js, by ASP.NET Core's Kestrel, for tools/bench.
//
// Copyright 2026 the wsuring authors
// SPDX-License-Identifier: LGPL-2.1-or-later

using System;
using System.Linq;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

class Kestrel
{
    static readonly byte[] Body = Encoding.ASCII.GetBytes(new string('x', 256));

    static System.Threading.Tasks.Task Answer(HttpContext context)
    {
        if (context.Request.Path == "/quit") Environment.Exit(0);
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = Body.Length;
        return context.Response.Body.WriteAsync(Body, 0, Body.Length);
    }

    static void Main()
    {
        IWebHost host = new WebHostBuilder()
            .UseKestrel(options => options.Listen(IPAddress.Loopback, 0))
            .Configure(app => app.Run(Answer))
            .Build();
        host.Start();
        string address = host.ServerFeatures.Get<IServerAddressesFeature>().Addresses.First();
        Console.WriteLine("PORT " + new Uri(address).Port);
        host.WaitForShutdown();
    }
}
