using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Gives services their cluster addresses and node ports.</summary>
/// <param name="network">The range of the addresses: <c>10.96.0.0/16</c>.</param>
/// <param name="firstPort">The first node port.</param>
/// <param name="lastPort">The last node port.</param>
internal sealed class ServiceAddresses(IPNetwork network, int firstPort, int lastPort)
{
    /// <summary>The address of the service <c>kubernetes</c>: the first of the range.</summary>
    public string First => At(1);

    /// <summary>Completes a new service.</summary>
    /// <exception cref="ApiFault">The address is taken, or a node port is taken or out of range.</exception>
    public void Assign(JsonObject service, IEnumerable<StoredObject> others)
    {
        var spec = service.Spec();
        var taken = others.Select(other => other.Node()).Where(other => other.Uid() != service.Uid()).ToArray();
        if (spec.Text("type") is "ExternalName") return;
        var addresses = taken.Select(other => other.Text("spec", "clusterIP")).OfType<string>().Where(address => address != "None").ToHashSet();
        var address = spec.Text("clusterIP");
        if (address is { Length: > 0 } && addresses.Contains(address))
        {
            throw Refused(service, "spec.clusterIPs", $"[\"{address}\"]", $"failed to allocate IP {address}: provided IP is already allocated");
        }
        if (string.IsNullOrEmpty(address)) spec["clusterIP"] = FreeAddress(addresses);
        spec["clusterIPs"] = new JsonArray(spec.Text("clusterIP"));
        if (spec.Text("type") is not ("NodePort" or "LoadBalancer")) return;

        var ports = taken.SelectMany(other => other.Items("spec", "ports")).Select(port => port.Number("nodePort")).OfType<long>()
            .ToHashSet();
        var index = 0;
        foreach (var port in spec.Items("ports"))
        {
            var wanted = port.Number("nodePort") ?? 0;
            var field = $"spec.ports[{index++}].nodePort";
            if (wanted != 0 && (wanted < firstPort || wanted > lastPort))
            {
                throw Refused(service, field, wanted,
                    $"provided port is not in the valid range. The range of valid ports is {firstPort}-{lastPort}");
            }
            if (ports.Contains(wanted)) throw Refused(service, field, wanted, "provided port is already allocated");
            port["nodePort"] = wanted == 0 ? FreePort(ports) : wanted;
            ports.Add(port.Number("nodePort")!.Value);
        }
    }

    /// <summary>Keeps the addresses of a service that is changed, if the change does not name others.</summary>
    public void Keep(JsonObject current, JsonObject wanted, IEnumerable<StoredObject> others)
    {
        wanted.Spec().Default("clusterIP", current.Text("spec", "clusterIP"));
        foreach (var port in wanted.Items("spec", "ports"))
        {
            var same = current.Items("spec", "ports").FirstOrDefault(each => each.Number("port") == port.Number("port"));
            if (same.Number("nodePort") is { } nodePort) port.Default("nodePort", nodePort);
        }
        Assign(wanted, others);
    }

    private static ApiFault Refused(JsonObject service, string field, object value, string why) =>
        ApiFault.Invalid(ResourceKinds.Services, service.Name(), field, "FieldValueInvalid", $"Invalid value: {value}: {why}");

    private string FreeAddress(HashSet<string> taken)
    {
        var size = (1 << (32 - network.PrefixLength)) - 2;
        var start = Random.Shared.Next(10, size);
        for (var i = 0; i < size; i++)
        {
            var address = At(1 + ((start + i) % size));
            if (!taken.Contains(address)) return address;
        }
        throw new ApiFault(500, "InternalError", "failed to allocate IP: range is full");
    }

    private long FreePort(HashSet<long> taken)
    {
        var size = lastPort - firstPort + 1;
        var start = Random.Shared.Next(size);
        for (var i = 0; i < size; i++)
        {
            var port = firstPort + ((start + i) % size);
            if (!taken.Contains(port)) return port;
        }
        throw new ApiFault(500, "InternalError", "failed to allocate a nodePort: range is full");
    }

    private string At(int offset)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)offset);
        return new IPAddress(bytes).ToString();
    }
}
