using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>The status that a kubelet writes for a pod.</summary>
internal static class PodState
{
    private static readonly string[] Early = ["PodReadyToStartContainers", "Initialized"];

    /// <summary>The pod runs, and is ready or not yet.</summary>
    public static void Run(JsonObject pod, bool ready, string hostAddress, string podAddress, DateTimeOffset now)
    {
        var status = pod.Status();
        status["phase"] = "Running";
        foreach (var type in Early) Set(pod, type, true, null, now);
        SetReady(pod, ready, ready ? null : "ContainersNotReady", now);
        status["observedGeneration"] = pod.Generation();
        status["hostIP"] = hostAddress;
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = hostAddress });
        status["podIP"] = podAddress;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = podAddress });
        status.Default("startTime", Json.Stamp(now));
        var before = pod.Items("status", "containerStatuses").ToDictionary(each => each.Text("name")!);
        status["containerStatuses"] = new JsonArray([.. pod.Items("spec", "containers").Select(container =>
        {
            var known = before.GetValueOrDefault(container.Text("name")!);
            var started = known.Text("state", "running", "startedAt") ?? Json.Stamp(now);
            var result = Container(pod, container, ready);
            result["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = started } };
            return result;
        })]);
    }

    /// <summary>All containers wait, and are not ready.</summary>
    public static void Wait(JsonObject pod, string reason)
    {
        pod.Status()["containerStatuses"] = new JsonArray([.. pod.Items("spec", "containers").Select(container =>
        {
            var result = Container(pod, container, ready: false);
            result["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = reason } };
            return result;
        })]);
    }

    /// <summary>All containers have ended well.</summary>
    public static void Finish(JsonObject pod, DateTimeOffset now)
    {
        pod.Status()["phase"] = "Succeeded";
        foreach (var type in Early.Skip(1)) Set(pod, type, true, "PodCompleted", now);
        SetReady(pod, false, "PodCompleted", now);
        foreach (var container in pod.Items("status", "containerStatuses"))
        {
            container["ready"] = false;
            container["started"] = false;
            container["state"] = new JsonObject
            {
                ["terminated"] = new JsonObject
                {
                    ["exitCode"] = 0, ["reason"] = "Completed", ["finishedAt"] = Json.Stamp(now),
                    ["startedAt"] = container.Text("state", "running", "startedAt") ?? Json.Stamp(now),
                },
            };
        }
    }

    private static JsonObject Container(JsonObject pod, JsonObject container, bool ready)
    {
        var image = container.Text("image") ?? "";
        return new JsonObject
        {
            ["name"] = container.Text("name"), ["state"] = null, ["lastState"] = new JsonObject(), ["ready"] = ready, ["restartCount"] = 0,
            ["image"] = image, ["imageID"] = $"sha256:{Hash(image)}",
            ["containerID"] = $"practice://{Hash(pod.Uid() + container.Text("name"))}",
            ["started"] = ready,
        };
    }

    private static void SetReady(JsonObject pod, bool ready, string? reason, DateTimeOffset now)
    {
        Set(pod, "Ready", ready, reason, now);
        Set(pod, "ContainersReady", ready, reason, now);
    }

    private static void Set(JsonObject pod, string type, bool holds, string? reason, DateTimeOffset now)
    {
        pod.SetCondition(type, holds ? "True" : "False", reason, null, now);
        pod.Condition(type)!["lastProbeTime"] = null;
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
}
