using System.Management.Automation;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Tests.Cmdlets;

/// <summary>The bridge between asynchronous work and the one thread that may speak to a pipeline.</summary>
public sealed class PipelineSinkTests
{
    private static readonly Consent Nothing = new() { Force = false, Confirm = null, WhatIf = false, AsksByItself = true, UserPresent = true };
    private static readonly ClusterHealException Fault = new(ErrorIds.PathNotFound, FaultCategory.NotFound, "There is no 'a'.", "a");

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public void Everything_is_written_in_order_and_on_the_thread_of_the_pipeline()
    {
        var runtime = new FakeRuntime();
        Run(runtime, async (sink, ct) =>
        {
            await Task.Delay(1, ct);
            for (var i = 0; i < 500; i++) sink.Emit(i);
            await Task.Delay(1, ct);
            sink.Verbose("a");
            sink.Warning("b");
            sink.Fail(Fault);
            sink.Emit("last");
        });
        Assert.Equal([.. Enumerable.Range(0, 500).Cast<object>(), "verbose: a", "warning: b", "error", "last"], runtime.Said);
        Assert.Equal([Environment.CurrentManagedThreadId], runtime.Threads);
    }

    [Fact]
    public void A_record_is_written_when_it_is_known_and_not_at_the_end()
    {
        using var written = new ManualResetEventSlim();
        var runtime = new FakeRuntime { OnWrite = _ => written.Set() };
        var sawItWhileRunning = false;
        Run(runtime, (sink, ct) =>
        {
            sink.Emit(1);
            sawItWhileRunning = written.Wait(TimeSpan.FromSeconds(10), ct);
            return Task.CompletedTask;
        });
        Assert.True(sawItWhileRunning);
    }

    [Fact]
    public void Work_that_is_faster_than_the_pipeline_waits_for_it()
    {
        var (ahead, most) = (0, 0);
        var runtime = new FakeRuntime { OnWrite = _ => Interlocked.Decrement(ref ahead) };
        Run(runtime, (sink, _) =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                sink.Emit(i);
                most = Math.Max(most, Interlocked.Increment(ref ahead));
            }

            return Task.CompletedTask;
        });
        Assert.Equal(20_000, runtime.Said.Count);
        Assert.InRange(most, 1, 1100);
    }

    [Fact]
    public void Records_of_many_threads_all_arrive()
    {
        var runtime = new FakeRuntime();
        Run(runtime, (sink, ct) => Parallel.ForEachAsync(Enumerable.Range(0, 2000), ct, (i, _) =>
        {
            sink.Emit(i);
            return ValueTask.CompletedTask;
        }));
        Assert.Equal(Enumerable.Range(0, 2000), runtime.Said.Cast<int>().Order());
    }

    [Fact]
    public void The_records_before_a_failure_are_written_before_its_error()
    {
        var runtime = new FakeRuntime();
        Run(runtime, (sink, _) =>
        {
            sink.Emit(1);
            sink.Emit(2);
            throw Fault;
        });
        Assert.Equal([1, 2, "error"], runtime.Said);
    }

    [Fact]
    public void A_failure_nobody_foresaw_is_an_error_of_this_input_too()
    {
        var runtime = new FakeRuntime();
        Run(runtime, (_, _) => throw new InvalidTimeZoneException("?"));
        Assert.Equal(["error"], runtime.Said);
    }

    [Fact]
    public void A_cancellation_that_the_user_did_not_ask_for_is_an_error_and_not_silence()
    {
        var runtime = new FakeRuntime();
        Run(runtime, (_, _) => throw new OperationCanceledException());
        Assert.Equal(["error"], runtime.Said);
    }

    [Fact]
    public void No_context_of_the_host_is_captured()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new DeadContext());
        try
        {
            SynchronizationContext? seen = null;
            var runtime = new FakeRuntime();
            Run(runtime, async (sink, ct) =>
            {
                seen = SynchronizationContext.Current;
                await Task.Yield();
                await sink.ConfirmAsync("t", "a", ct);
                sink.Emit(1);
            });
            Assert.Null(seen);
            Assert.Contains(1, runtime.Said);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void Stopping_cancels_the_work_waits_until_it_has_cleaned_up_and_ends_as_a_stopped_pipeline()
    {
        using var stop = new CancellationTokenSource();
        var cleanedUp = false;
        var runtime = new FakeRuntime { OnWrite = _ => stop.CancelAfter(1) };
        Assert.Throws<PipelineStoppedException>(() => Run(runtime, Work, stop: stop.Token));
        Assert.True(cleanedUp);
        Assert.Equal([1], runtime.Said);

        async Task Work(IOperationSink sink, CancellationToken cancellationToken)
        {
            try
            {
                sink.Emit(1);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                await Task.Delay(20, CancellationToken.None);
                cleanedUp = true;
            }
        }
    }

    [Fact]
    public void Stopping_while_a_question_waits_its_turn_cancels_the_question()
    {
        using var stop = new CancellationTokenSource();
        var runtime = new FakeRuntime
        {
            OnWrite = _ =>
            {
                stop.Cancel();
                throw new PipelineStoppedException();
            },
        };
        Exception? seen = null;
        Assert.Throws<PipelineStoppedException>(() => Run(runtime, Work, stop: stop.Token));
        Assert.IsType<OperationCanceledException>(seen, exactMatch: false);

        async Task Work(IOperationSink sink, CancellationToken cancellationToken)
        {
            sink.Emit(1);
            seen = await Record.ExceptionAsync(() => sink.ConfirmAsync("t", "a", CancellationToken.None));
        }
    }

    [Fact]
    public void When_the_pipeline_ends_early_the_work_is_cancelled_and_nothing_more_is_written()
    {
        var runtime = new FakeRuntime { OnWrite = record => ThrowAt(record, 2) };
        var cancelled = false;
        Assert.Throws<PipelineStoppedException>(() => Run(runtime, async (sink, ct) =>
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    sink.Emit(i);
                    await Task.Delay(1, ct);
                }
            }
            catch (OperationCanceledException)
            {
                cancelled = true;
                sink.Emit("too late");
                throw;
            }
        }));
        Assert.True(cancelled);
        Assert.Equal([0, 1], runtime.Said);
    }

    [Fact]
    public void An_exception_of_the_pipeline_itself_is_handed_on_as_it_is_even_if_the_work_then_fails_too()
    {
        var own = new InvalidOperationException("-ErrorAction Stop");
        var runtime = new FakeRuntime { OnWrite = _ => throw own };
        var thrown = Assert.Throws<InvalidOperationException>(() => Run(runtime, (sink, ct) =>
        {
            sink.Fail(Fault);
            ct.WaitHandle.WaitOne();
            throw Fault;
        }));
        Assert.Same(own, thrown);
        Assert.Empty(runtime.Said);
    }

    [Fact]
    public void What_is_said_after_the_end_is_dropped_and_a_late_question_is_cancelled()
    {
        var runtime = new FakeRuntime();
        IOperationSink late = null!;
        Run(runtime, (sink, _) =>
        {
            late = sink;
            return Task.CompletedTask;
        });
        late.Emit(1);
        late.Warning("w");
        late.Fail(Fault);
        late.Progress(new OperationProgress("a", "s"));
        Assert.True(late.ConfirmAsync("t", "a", TestEnd).IsCanceled);
        Assert.Empty(runtime.Said);
    }

    [Fact]
    public void The_code_after_a_question_does_not_run_on_the_thread_of_the_pipeline()
    {
        var after = 0;
        Run(new FakeRuntime(), async (sink, ct) =>
        {
            await sink.ConfirmAsync("t", "a", ct);
            after = Environment.CurrentManagedThreadId;
        });
        Assert.NotEqual(Environment.CurrentManagedThreadId, after);
    }

    [Fact]
    public void A_question_comes_after_what_was_said_before_it()
    {
        var runtime = new FakeRuntime();
        Run(runtime, async (sink, ct) =>
        {
            sink.Verbose("plan");
            if (await sink.ConfirmAsync("node 'a'", "Stop", ct)) sink.Emit("stopped");
        });
        Assert.Equal(["verbose: plan", "should process: Stop node 'a'", "stopped"], runtime.Said);
    }

    [Fact]
    public void A_no_is_handed_on_as_false()
    {
        var runtime = new FakeRuntime { ShouldProcessAnswer = () => false, ShouldContinueAnswer = () => false };
        Run(runtime, async (sink, ct) =>
        {
            sink.Emit(await sink.ConfirmAsync("t", "a", ct));
            sink.Emit(await sink.ConfirmDangerAsync("c", "q", ct));
        });
        Assert.Equal([false, false], runtime.Said.Where(s => s is bool));
    }

    [Fact]
    public void Questions_asked_at_the_same_time_are_asked_one_after_the_other()
    {
        var open = 0;
        var runtime = new FakeRuntime
        {
            ShouldProcessAnswer = () =>
            {
                Assert.Equal(1, Interlocked.Increment(ref open));
                Interlocked.Decrement(ref open);
                return true;
            },
        };
        Run(runtime, (sink, ct) => Task.WhenAll(Enumerable.Range(0, 50).Select(i => sink.ConfirmAsync($"{i}", "a", ct))));
        Assert.Equal(50, runtime.Said.Count);
    }

    [Theory]
    [InlineData(false, null, false, true)]
    [InlineData(true, null, false, false)]
    [InlineData(true, null, true, true)]
    [InlineData(true, true, false, true)]
    [InlineData(true, false, false, true)]
    [InlineData(false, false, false, true)]
    public void Force_spares_the_question_and_beats_neither_WhatIf_nor_a_given_Confirm(bool force, bool? confirm, bool whatIf, bool isPutToPowerShell)
    {
        var runtime = new FakeRuntime();
        Run(runtime, (sink, ct) => sink.ConfirmAsync("t", "a", ct), Nothing with { Force = force, Confirm = confirm, WhatIf = whatIf });
        Assert.Equal(isPutToPowerShell, runtime.Said.Count == 1);
    }

    [Theory]
    [InlineData(true, null, false, true, true)]
    [InlineData(true, true, false, true, true)]
    [InlineData(true, false, false, false, true)]
    [InlineData(false, false, false, true, true)]
    [InlineData(true, false, true, false, false)]
    [InlineData(true, null, true, false, false)]
    public void A_danger_is_asked_about_unless_Force_and_Confirm_false_stand_together(
        bool force, bool? confirm, bool whatIf, bool isAsked, bool answer)
    {
        var runtime = new FakeRuntime();
        var consent = Nothing with { Force = force, Confirm = confirm, WhatIf = whatIf };
        var given = false;
        Run(runtime, async (sink, ct) => given = await sink.ConfirmDangerAsync("c", "q", ct), consent);
        Assert.Equal(isAsked, runtime.Said.Count == 1);
        Assert.Equal(answer, given);
    }

    [Theory]
    [InlineData(null, true, false, false)]
    [InlineData(true, false, false, false)]
    [InlineData(false, true, false, true)]
    [InlineData(null, false, false, true)]
    [InlineData(null, true, true, true)]
    public void With_nobody_to_ask_a_question_is_a_terminating_error(bool? confirm, bool asksByItself, bool whatIf, bool goesOn)
    {
        var runtime = new FakeRuntime();
        var consent = Nothing with { Confirm = confirm, AsksByItself = asksByItself, WhatIf = whatIf, UserPresent = false };
        var thrown = Record.Exception(() => Run(
            runtime,
            async (sink, ct) =>
            {
                await sink.ConfirmAsync("t", "a", ct);
                sink.Emit("went on");
            },
            consent));
        Assert.Equal(goesOn ? ["should process: a t", "went on"] : ["terminating"], runtime.Said);
        Assert.Equal(goesOn, thrown is null);
    }

    [Fact]
    public void With_nobody_to_ask_a_danger_is_a_terminating_error_even_when_forced()
    {
        var runtime = new FakeRuntime();
        Assert.Throws<PipelineStoppedException>(
            () => Run(runtime, (sink, ct) => sink.ConfirmDangerAsync("c", "q", ct), Nothing with { Force = true, UserPresent = false }));
        Assert.Equal(["terminating"], runtime.Said);
    }

    [Fact]
    public void A_host_that_cannot_ask_is_a_terminating_error_whatever_the_work_makes_of_it()
    {
        var runtime = new FakeRuntime { ShouldProcessAnswer = () => throw new PSInvalidOperationException() };
        Assert.Throws<PipelineStoppedException>(() => Run(runtime, async (sink, ct) =>
        {
            foreach (var target in (string[])["a", "b"])
            {
                await Record.ExceptionAsync(() => sink.ConfirmAsync(target, "stop", ct));
                sink.Emit("next");
            }
        }));
        Assert.Equal(["should process: stop a", "terminating"], runtime.Said);
    }

    [Fact]
    public void What_a_stopped_operation_leaves_behind_is_said_past_the_pipeline()
    {
        var runtime = new FakeRuntime { OnWrite = record => ThrowAt(record, 1) };
        var said = new List<string>();
        var sink = new PipelineSink(runtime, Nothing, TimeProvider.System, said.Add);
        Assert.Throws<PipelineStoppedException>(() => sink.Run(
            async (s, ct) =>
            {
                s.Emit(1);
                await Record.ExceptionAsync(() => Task.Delay(Timeout.Infinite, ct));
                s.Warning("Node 'w0' stays cordoned.");
            },
            TestEnd));
        Assert.Equal(["Node 'w0' stays cordoned."], said);
    }

    [Fact]
    public void Progress_is_ended_for_an_operation_that_forgot_to()
    {
        var runtime = new FakeRuntime();
        Run(runtime, (sink, _) =>
        {
            sink.Progress(new OperationProgress("Saving", "1 MiB", 10));
            throw Fault;
        });
        Assert.Equal(["progress", "progress", "error"], runtime.Said);
    }

    private static void Run(
        FakeRuntime runtime,
        Func<IOperationSink, CancellationToken, Task> work,
        Consent? consent = null,
        CancellationToken? stop = null) =>
        new PipelineSink(runtime, consent ?? Nothing, TimeProvider.System).Run(work, stop ?? TestEnd);

    private static void ThrowAt(object record, int number)
    {
        if (record is int i && i == number) throw new PipelineStoppedException();
    }

    /// <summary>The context of a host whose thread is busy: whatever is posted to it never runs.</summary>
    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
