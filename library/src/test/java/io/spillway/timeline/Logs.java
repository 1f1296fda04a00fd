package io.spillway.timeline;

import io.spillway.model.Phase;
import io.spillway.timeline.Event.Decided;
import io.spillway.timeline.Event.HostChanged;
import io.spillway.timeline.Event.JobChanged;
import io.spillway.timeline.Event.Maintenance;
import io.spillway.timeline.Event.NodeChanged;
import io.spillway.timeline.Event.Watch;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Event logs to draw. */
final class Logs {
    static final Instant BEGIN = Instant.parse("2026-11-23T10:00:00Z");

    private Logs() {}

    static List<Event> poster() {
        try (Reader text =
                new InputStreamReader(Logs.class.getResourceAsStream("poster.jsonl"), StandardCharsets.UTF_8)) {
            EventLog log = EventLog.read(text);
            if (log.skipped() > 0) {
                throw new IllegalStateException(log.skipped() + " lines are no events");
            }
            return log.events();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    static Instant at(long second) {
        return BEGIN.plusSeconds(second);
    }

    static NodeChanged node(long second, String node, Phase phase, String host) {
        return new NodeChanged(at(second), node, phase, Optional.of(host), Optional.empty(), "");
    }

    static JobChanged job(long second, String job, JobChanged.Doing state, String... nodes) {
        boolean over = state == JobChanged.Doing.OVER;
        return new JobChanged(
                at(second),
                job,
                "work",
                "ada",
                state,
                List.of(nodes),
                over ? Optional.of("COMPLETED") : Optional.empty(),
                over ? Optional.of("0:0") : Optional.empty());
    }

    /** Whatever can stand in a log, in any order. */
    static Arbitrary<List<Event>> any() {
        Arbitrary<Instant> time = Arbitraries.longs().between(0, 40_000).map(Logs::at);
        Arbitrary<String> names = Arbitraries.of("vn1", "vn2", "vn10", "cn01", "cn02", "kn ]]> <&\u0001\uD800\u202E");
        Arbitrary<String> words = Arbitraries.strings().ofMaxLength(30);
        Arbitrary<Event> nodes = Combinators.combine(
                        time, names, Arbitraries.of(Phase.class), names.optional(), names.optional(), words)
                .as(NodeChanged::new);
        Arbitrary<Event> jobs = Combinators.combine(
                        time,
                        Arbitraries.of("1", "2_3", "4+5"),
                        words,
                        words,
                        Arbitraries.of(JobChanged.Doing.class),
                        names.list().ofMaxSize(3),
                        words.optional(),
                        words.optional())
                .as(JobChanged::new);
        Arbitrary<Event> decisions = Combinators.combine(
                        time,
                        words,
                        words,
                        names.optional(),
                        names.optional(),
                        names.optional(),
                        words,
                        words.optional())
                .as(Decided::new);
        Arbitrary<Event> hosts =
                Combinators.combine(time, names, Arbitraries.of(true, false)).as(HostChanged::new);
        Arbitrary<Event> maintenance = Combinators.combine(time, names, Arbitraries.of(Maintenance.Stage.class), words)
                .as(Maintenance::new);
        Arbitrary<Event> watches =
                Combinators.combine(time, Arbitraries.of(Watch.Turn.class)).as(Watch::new);
        return Arbitraries.oneOf(nodes, jobs, jobs, decisions, hosts, maintenance, watches)
                .list()
                .ofMaxSize(60);
    }
}
