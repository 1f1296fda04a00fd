package io.spillway.simulation.trace;

import io.spillway.failure.BadInputException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of jobs, a line each: the Standard Workload Format, or what {@code sacct --parsable2} prints; plain or gzipped.
 * Which of them it is, its first bytes say. It is read in constant memory.
 *
 * @param file the file
 * @param strict whether a broken line ends the reading; else it is left out and remarked upon
 */
public record TraceFile(Path file, boolean strict) implements Trace {
    /** How far to look for what it is. */
    private static final int HEAD = 1 << 16;

    @Override
    public String name() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public Jobs open() {
        try {
            return new Lines(this);
        } catch (IOException unreadable) {
            throw unreadable(unreadable);
        }
    }

    private BadInputException unreadable(IOException why) {
        return new BadInputException(file.toString(), "the trace %s cannot be read: %s".formatted(file, why), why);
    }

    /** Counts what is read of the file, packed as it is. */
    private static final class Counted extends InputStream {
        private final InputStream in;
        private long read;

        Counted(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            read += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int some = in.read(bytes, from, length);
            read += Math.max(0, some);
            return some;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private static final class Lines implements Jobs {
        private final TraceFile trace;
        private final long size;
        private final Counted counted;
        private final BufferedReader reader;
        private final LineFormat format;
        private final Remarks remarks = new Remarks();
        private long number;
        private long latest;

        Lines(TraceFile trace) throws IOException {
            this.trace = trace;
            this.size = Math.max(1, Files.size(trace.file));
            this.counted = new Counted(Files.newInputStream(trace.file));
            try {
                this.reader =
                        new BufferedReader(new InputStreamReader(unpacked(counted), StandardCharsets.ISO_8859_1), HEAD);
                this.format = format();
            } catch (IOException | RuntimeException broken) {
                counted.close();
                throw broken;
            }
        }

        private static InputStream unpacked(InputStream in) throws IOException {
            BufferedInputStream buffered = new BufferedInputStream(in, HEAD);
            buffered.mark(2);
            boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
            buffered.reset();
            return gzip ? new GZIPInputStream(buffered, HEAD) : buffered;
        }

        /** A line with bars before any other is sacct's header. */
        private LineFormat format() throws IOException {
            reader.mark(HEAD);
            String head = reader.readLine();
            if (head != null && head.length() < HEAD / 2 && head.indexOf('|') >= 0 && !head.startsWith(";")) {
                number = 1;
                return new Sacct(head);
            }
            reader.reset();
            return new Swf();
        }

        @Override
        public @Nullable TraceJob next() {
            try {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    number++;
                    TraceJob job = job(line);
                    if (job != null) {
                        return job;
                    }
                }
                return null;
            } catch (IOException unreadable) {
                throw trace.unreadable(unreadable);
            }
        }

        private @Nullable TraceJob job(String line) {
            try {
                TraceJob job = format.job(line);
                return job == null ? null : inOrder(job);
            } catch (LineFormat.Unknown unknown) {
                remarks.add(Remarks.Kind.UNKNOWN, number, unknown.getMessage());
            } catch (LineFormat.Broken broken) {
                if (trace.strict) {
                    throw new BadInputException(
                            trace.file.toString(), "%s:%d: %s".formatted(trace.file, number, broken.getMessage()));
                }
                remarks.add(Remarks.Kind.BROKEN, number, broken.getMessage());
            }
            return null;
        }

        private TraceJob inOrder(TraceJob job) {
            if (job.submit() >= latest) {
                latest = job.submit();
                return job;
            }
            remarks.add(
                    Remarks.Kind.UNORDERED,
                    number,
                    "job %s, %d s before the one before it".formatted(job.id(), latest - job.submit()));
            return new TraceJob(job.id(), latest, job.run(), job.requested(), job.processors(), job.memory());
        }

        @Override
        public double progress() {
            return Math.min(1, (double) counted.read / size);
        }

        @Override
        public Remarks remarks() {
            return remarks;
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException unreadable) {
                throw trace.unreadable(unreadable);
            }
        }
    }
}
