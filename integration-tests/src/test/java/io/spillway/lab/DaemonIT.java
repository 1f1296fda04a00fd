package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code spillwayd} on the lab: killed in the middle of a checkpoint, started anew, it goes on by itself. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DaemonIT {
    private static final String NODE = "vn06";

    private Process daemon;
    private BufferedReader log;

    @AfterEach
    void leaveNothing() {
        end(daemon);
        Lab.spillway("down", NODE);
    }

    @Test
    void killedInMidCheckpointItGoesOn() throws IOException, InterruptedException {
        start();
        Lab.Answer up = Lab.spillway("up", NODE);
        assertThat(up.exit()).as(up.error()).isZero();
        String job = submit();

        Process checkpoint = Lab.start("checkpoint", NODE);
        try (var errors = checkpoint.errorReader(StandardCharsets.UTF_8)) {
            assertThat(until(errors, "suspend jobs")).contains(NODE);
            end(daemon);
            List<String> rest = errors.lines().toList();
            assertThat(checkpoint.waitFor()).isEqualTo(1);
            assertThat(rest).last().asString().startsWith("spillway: the daemon went away");
        }

        start();
        assertThat(until(log, "done CHECKPOINTED")).contains(NODE);
        assertThat(state(job)).isEqualTo("SUSPENDED");

        Lab.Answer restore = Lab.spillway("restore", NODE);
        assertThat(restore.exit()).as(restore.error()).isZero();
        assertThat(state(job)).isEqualTo("RUNNING");
        Lab.on("ctl", "scancel", job);
        Lab.Answer down = Lab.spillway("down", NODE);
        assertThat(down.exit()).as(down.error()).isZero();
    }

    /** Its QEMU is killed: Slurm is told so and requeues the job, the same server starts anew, and the job runs again. */
    @Test
    void aDeadMachineIsFoundAndItsNodeComesBack() throws IOException {
        start();
        Lab.Answer up = Lab.spillway("up", NODE);
        assertThat(up.exit()).as(up.error()).isZero();
        String job = submit();
        Lab.Answer kill = Lab.on(machineOf(NODE), "sh", "-c", "kill -9 $(cat /run/libvirt/qemu/instance-*.pid)");
        assertThat(kill.exit()).as(kill.error()).isZero();

        assertThat(until(log, "step set DOWN")).contains(NODE);
        assertThat(until(log, "step start server")).contains(NODE);
        assertThat(until(log, "done READY")).contains(NODE);
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

    private void start() throws IOException {
        daemon = Lab.startDaemon();
        log = daemon.inputReader(StandardCharsets.UTF_8);
        until(log, "all parts answer");
    }

    /** As {@code kill -9} does; nothing that it was about to do is done. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String submit() {
        Lab.Answer answer = Lab.on(
                "ctl",
                "runuser",
                "-u",
                "alice",
                "--",
                "sbatch",
                "--parsable",
                "--chdir=/home/alice",
                "--nodelist=" + NODE,
                "--wrap=sleep 600");
        assertThat(answer.exit()).as(answer.error()).isZero();
        String job = answer.output().get(0);
        Lab.on(
                "ctl",
                "timeout",
                "60",
                "bash",
                "-c",
                "until squeue -h -j " + job + " -o %T | grep RUNNING; do sleep 0.2; done");
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
