package io.spillway.policy;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Hours in which no policy begins anything.
 *
 * @param from when they begin
 * @param to when they end; if it is before {@code from}, on the next day
 * @param zone by whose clock
 */
public record QuietHours(LocalTime from, LocalTime to, ZoneId zone) implements Guard {
    @Override
    public Optional<String> veto(Action action, Outlook outlook) {
        LocalTime now = outlook.now().atZone(zone).toLocalTime();
        boolean within =
                from.isBefore(to) ? !now.isBefore(from) && now.isBefore(to) : !now.isBefore(from) || now.isBefore(to);
        return within ? Optional.of("quiet hours from %s to %s (%s)".formatted(from, to, zone)) : Optional.empty();
    }
}
