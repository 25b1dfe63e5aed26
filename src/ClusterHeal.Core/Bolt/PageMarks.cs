using System.Runtime.CompilerServices;

namespace ClusterHeal.Bolt;

/// <summary>One bit for each page of a file: which ones a walk has met. Walks on several threads share it.</summary>
internal sealed class PageMarks(ulong pages)
{
    private readonly int[] _bits = new int[(pages / 32) + 1];

    /// <summary>Marks a page; false if it was marked before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMark(ulong page)
    {
        var bit = 1 << (int)(page % 32);
        return (Interlocked.Or(ref _bits[page / 32], bit) & bit) == 0;
    }

    public bool IsMarked(ulong page) => (_bits[page / 32] & (1 << (int)(page % 32))) != 0;
}
