using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Kubeconfig files, merged as kubectl merges them: of several entries with one name the first file's wins as a whole, and so does the first <c>current-context</c>.
/// </summary>
public sealed class Kubeconfig
{
    private readonly Dictionary<string, KubeconfigCluster> _clusters = [];
    private readonly Dictionary<string, KubeconfigUser> _users = [];
    private readonly Dictionary<string, KubeconfigContext> _contexts = [];

    internal Kubeconfig(IReadOnlyList<KubeconfigFile> files)
    {
        Files = [.. files.Select(f => f.Path)];
        CurrentContext = files.Select(f => f.CurrentContext).FirstOrDefault(c => c is not null);
        foreach (var file in files)
        {
            AddMissing(_clusters, file.Clusters);
            AddMissing(_users, file.Users);
            AddMissing(_contexts, file.Contexts);
        }
    }

    /// <summary>The files that were read, in order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The context that is used if none is named, or null.</summary>
    public string? CurrentContext { get; }

    /// <summary>The names of all contexts, sorted.</summary>
    public IReadOnlyList<string> ContextNames => [.. _contexts.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Reads the files.</summary>
    /// <param name="paths">
    /// The files; all must exist. If none is given: those of the variable KUBECONFIG (a missing one is left out), otherwise <c>~/.kube/config</c>.
    /// </param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">No file is there, one cannot be read, or it is not a kubeconfig.</exception>
    public static async Task<Kubeconfig> ReadAsync(IReadOnlyList<string>? paths, CancellationToken cancellationToken)
    {
        var named = paths is { Count: > 0 };
        var candidates = named ? paths! : DefaultPaths();
        var files = new List<KubeconfigFile>();
        foreach (var path in candidates.Select(Path.GetFullPath))
        {
            if (await TryReadAsync(path, mustExist: named, cancellationToken).ConfigureAwait(false) is { } text)
                files.Add(KubeconfigFile.Parse(path, text));
        }

        return files.Count > 0 ? new Kubeconfig(files) : throw NotFound(string.Join(Path.PathSeparator, candidates));
    }

    /// <summary>Finds out how to reach the API server of a context.</summary>
    /// <param name="context">The context's name, or null for the current one.</param>
    /// <exception cref="ClusterHealException">The context, or the cluster or user that it names, is not there or not usable.</exception>
    public KubernetesConnection Resolve(string? context)
    {
        var name = context ?? CurrentContext ?? throw Missing(
            "No context is current in", "Name one with -Context: " + string.Join(", ", ContextNames) + ".");
        if (!_contexts.TryGetValue(name, out var entry))
            throw Missing($"There is no context '{name}' in", "The contexts are: " + string.Join(", ", ContextNames) + ".");
        if (!_clusters.TryGetValue(entry.Cluster, out var cluster))
            throw Missing($"The context '{name}' names the cluster '{entry.Cluster}', which is not in", "Fix the context, or name another with -Context.");
        KubeconfigUser? user = null;
        if (entry.User.Length > 0 && !_users.TryGetValue(entry.User, out user))
            throw Missing($"The context '{name}' names the user '{entry.User}', who is not in", "Fix the context, or name another with -Context.");
        return KubeconfigConnection.Make(name, entry, cluster, user);
    }

    /// <summary>The paths that are read if none is named.</summary>
    internal static IReadOnlyList<string> DefaultPaths()
    {
        var variable = Environment.GetEnvironmentVariable("KUBECONFIG");
        if (!string.IsNullOrWhiteSpace(variable))
            return variable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")];
    }

    private static void AddMissing<T>(Dictionary<string, T> all, IReadOnlyDictionary<string, T> more)
    {
        foreach (var (name, entry) in more) all.TryAdd(name, entry);
    }

    private static async Task<string?> TryReadAsync(string path, bool mustExist, CancellationToken cancellationToken)
    {
        try
        {
            return await TextFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return mustExist ? throw NotFound(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var fault = FileFault.From(e, path, "read");
            throw new ClusterHealException(
                fault.ErrorId, fault.Category, $"The kubeconfig: {fault.Message}", path, "Name a file that you may read with -Kubeconfig.", e);
        }
    }

    private static ClusterHealException NotFound(string paths) => new(
        ErrorIds.KubeconfigNotFound,
        FaultCategory.NotFound,
        $"There is no kubeconfig at '{paths}'.",
        paths,
        "Name it with -Kubeconfig, or set the variable KUBECONFIG.");

    private ClusterHealException Missing(string what, string remedy)
    {
        var files = string.Join(Path.PathSeparator, Files);
        return new ClusterHealException(ErrorIds.KubeconfigEntryNotFound, FaultCategory.NotFound, $"{what} '{files}'.", files, remedy);
    }
}
