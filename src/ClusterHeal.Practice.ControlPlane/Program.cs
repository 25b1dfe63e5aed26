using ClusterHeal.Practice;
using ClusterHeal.Practice.ControlPlane;
using ClusterHeal.Practice.ControlPlane.StandIns;

return await PracticeProgram.RunAsync(stop => args switch
{
    [KubeletStandIn.Command, .. var options] => KubeletStandIn.RunAsync(options, stop),
    [ComponentStandIn.Command, var component, ..] => ComponentStandIn.RunAsync(component, stop),
    ["apiserver" or "controller-manager" or "scheduler" or "kubelet" or "proxy", ..] => ControlPlanePrograms.RunAsync(args, stop),
    _ => Task.FromResult(Usage()),
});

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run --project src/ClusterHeal.Practice.ControlPlane -- COMPONENT FLAGS

          apiserver, controller-manager, scheduler, kubelet, proxy
                           runs one component of a practice control plane, with the flags of the real one
          component-stand-in NAME
                           answers the health paths of a component, and nothing more
          kubelet-stand-in runs static pods as processes, and nothing more
        """);
    return 2;
}
