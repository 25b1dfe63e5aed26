namespace ClusterHeal.Common;

/// <summary>
/// How a client reaches a server: by TCP, or through something else that carries bytes, such as <c>ssh -W</c> over a host that may talk to it. TLS,
/// if it is wanted, is spoken over the stream that comes back.
/// </summary>
/// <param name="host">The host name or IP address.</param>
/// <param name="port">The TCP port.</param>
/// <param name="cancellationToken">Ends the attempt.</param>
/// <returns>A duplex stream; the caller disposes it.</returns>
public delegate ValueTask<Stream> StreamDialer(string host, int port, CancellationToken cancellationToken);
