using ClusterHeal.Practice;
using ClusterHeal.Tour;

return await PracticeProgram.RunAsync(stop => TourProgram.RunAsync(args, Console.Out, stop));
