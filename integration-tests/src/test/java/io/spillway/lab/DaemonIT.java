package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code spillwayd} on the lab: killed in the middle of a checkpoint, dead machines, and two of it by accident. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DaemonIT {
    private static final String NODE = "vn06";

    /** Beside the lab's own, whose secrets it names. */
    private static final Path OTHER = Lab.STATE.resolve("spillway-other.yaml");

    private final List<Running> running = new ArrayList<>();

    /** A daemon and what it says. */
    private record Running(Process process, BufferedReader log) {
        String until(String words) {
            return DaemonIT.until(log, words);
        }

        /** As {@code kill -9} does; nothing that it was about to do is done. */
        void kill() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @AfterEach
    void leaveNothing() throws IOException {
        running.forEach(Running::kill);
        Files.deleteIfExists(OTHER);
        Lab.spillway("down", NODE);
    }

    /** Of two on one site one leads; the other refuses orders, takes over when the first is killed, and goes on. */
    @Test
    @Tag("long")
    void killedInMidCheckpointTheOtherOneGoesOn() throws IOException, InterruptedException {
        Running first = start(Lab.CONFIG);
        Lab.Answer up = Lab.spillway("up", NODE);
        assertThat(up.exit()).as(up.error()).isZero();
        String job = runningJob();
        Running other = start(other());
        Lab.Answer refused = Lab.spillway(OTHER, "checkpoint", NODE);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.error()).contains("this daemon does not lead, the one on");

        Process checkpoint = Lab.start("checkpoint", NODE);
        try (var errors = checkpoint.errorReader(StandardCharsets.UTF_8)) {
            assertThat(until(errors, "suspend jobs")).contains(NODE);
            first.kill();
            List<String> rest = errors.lines().toList();
            assertThat(checkpoint.waitFor()).isEqualTo(1);
            assertThat(rest).last().asString().startsWith("spillway: the daemon went away");
        }
        other.until("this daemon leads");
        assertThat(other.until("done CHECKPOINTED")).contains(NODE);
        assertThat(state(job)).isEqualTo("SUSPENDED");

        Lab.Answer restore = Lab.spillway(OTHER, "restore", NODE);
        assertThat(restore.exit()).as(restore.error()).isZero();
        assertThat(state(job)).isEqualTo("RUNNING");
        Lab.on("ctl", "scancel", job);
        Lab.Answer down = Lab.spillway(OTHER, "down", NODE);
        assertThat(down.exit()).as(down.error()).isZero();
    }

    /** The lab's configuration with a socket and a state folder of another daemon's. */
    private static Path other() throws IOException {
        String text = Files.readString(Lab.CONFIG);
        String moved = text.replace("run/spillwayd", "run/other");
        assertThat(moved).isNotEqualTo(text);
        return Files.writeString(OTHER, moved);
    }

    /** Its QEMU is killed: Slurm is told so and requeues the job, the same server starts anew, and the job runs again. */
    @Test
    void aDeadMachineIsFoundAndItsNodeComesBack() throws IOException {
        Running daemon = start(Lab.CONFIG);
        Lab.Answer up = Lab.spillway("up", NODE);
        assertThat(up.exit()).as(up.error()).isZero();
        String job = runningJob();
        Lab.Answer kill = Lab.on(machineOf(NODE), "sh", "-c", "kill -9 $(cat /run/libvirt/qemu/instance-*.pid)");
        assertThat(kill.exit()).as(kill.error()).isZero();

        assertThat(daemon.until("step set DOWN")).contains(NODE);
        assertThat(daemon.until("step start server")).contains(NODE);
        assertThat(daemon.until("done READY")).contains(NODE);
        String restarts = "scontrol show job " + job + " | grep -o 'JobState=RUNNING\\|Restarts=1' | wc -l";
        Lab.Answer again =
                Lab.on("ctl", "timeout", "90", "bash", "-c", "until [ $(" + restarts + ") = 2 ]; do sleep 0.5; done");
        assertThat(again.exit()).as("job %s runs again", job).isZero();
        Lab.on("ctl", "scancel", job);
    }

    /** The hypervisor machine that has the node's server. */
    private static String machineOf(String node) {
        String shown = String.join("\n", Lab.spillway("show", node).output());
        return shown.contains("host     cn01") ? "hyp01" : "hyp02";
    }

    private Running start(Path config) throws IOException {
        Process process = Lab.startDaemon(config);
        Running daemon = new Running(process, process.inputReader(StandardCharsets.UTF_8));
        running.add(daemon);
        daemon.until("all parts answer");
        return daemon;
    }

    private static String runningJob() {
        String job = Lab.submit(NODE);
        String runs = "until squeue -h -j " + job + " -o %T | grep RUNNING; do sleep 0.2; done";
        assertThat(Lab.on("ctl", "timeout", "60", "bash", "-c", runs).exit()).isZero();
        return job;
    }

    private static String state(String job) {
        return Lab.on("ctl", "squeue", "--noheader", "--jobs=" + job, "--format=%T")
                .output()
                .get(0);
    }

    private static String until(BufferedReader lines, String words) {
        return lines.lines()
                .filter(line -> line.contains(words))
                .findFirst()
                .orElseThrow(() -> new AssertionError("it ended and never said: " + words));
    }
}
