# Spillway: every command a newcomer needs. `make demo` and `make test` install what they lack.
SHELL := /bin/bash
LAB   := integration-tests/lab/lab
MVN   := mvn --batch-mode --no-transfer-progress
INSTALL := apt-get update -q && apt-get install -y -q --no-install-recommends

JARS  := $$(echo daemon/target/lib/*.jar | tr ' ' ':')
QUIET := -Dlogback.configurationFile=$(CURDIR)/examples/quiet.xml

# the library's tests of what must hold for whatever comes
PROPERTIES := PolicyPropertiesTest,HostlistTest,EventLogTest,TimelineTest,PictureTest

# what needs no lab, by wish or since there can be none here
ANYWHERE  := $(or $(filter simulated,$(SITE)),$(filter whatif,$(SCENE)))
NOLAB     := $(shell [ "$$(id -u)" = 0 ] && [ -r /etc/debian_version ] || echo no root or no Debian here)
STORY     := $(if $(filter poster,$(SCENE)),poster,chain)
SIMULATED := $(if $(ANYWHERE),,echo "$(NOLAB): the lab needs both; this is the $(STORY) on the simulated site";) \
  java -cp "$(JARS)" $(QUIET) examples/$(STORY)/Simulated.java

.PHONY: help demo jshell test unit prove test-salt try-states lab-test soak conformance lessons lab lab-down lab-status bench build tools browser

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

demo: build $(if $(ANYWHERE)$(NOLAB),,lab) ## on real parts: SCENE=chain (FAST=1: away 30 s, not 6 min), poster, tide, salt, whatif, sweep; SITE=simulated: chain, poster anywhere
	@$(if $(filter whatif,$(SCENE)),examples/whatif/demo,$(if $(filter sweep,$(SCENE)),examples/whatif/array.py,$(if $(ANYWHERE)$(NOLAB),$(SIMULATED),examples/$(or $(SCENE),chain)/demo.py)))

jshell: build ## a shell with a site at hand, simulated until you connect(…) a real one; help() says what may be typed
	@jshell -s --class-path "$(JARS)" -R$(QUIET) --startup DEFAULT --startup examples/jshell/start.jsh

test: unit test-salt lab-test ## everything: Maven's checks, the Salt side's, the chain on the lab

unit: tools browser ## mvn verify: no root, no lab, under two minutes
	$(MVN) verify

prove: tools ## every state of a node and thousands of random worlds against the lifecycle's promises
	$(MVN) --quiet test -pl walk,simulation -am -Dtest='LifecycleTest,*WorldsTest,*StoriesTest,$(PROPERTIES)' \
	  -Dsurefire.failIfNoSpecifiedTests=false -Djqwik.tries.default=$(or $(STORIES),2000)
	@cat simulation/target/worlds.txt walk/target/lifecycle.txt

test-salt: tools ## the Salt extension's and the states' own tests: no root, no lab
	salt/extension/test
	salt/test-states

try-states: ## the states applied for real in machines of Debian 12 and 13, and taken away again: root, minutes
	salt/try-states

lab-test: build lab ## the integration tests on the lab
	$(MVN) verify -Plab -pl integration-tests

soak: build lab ## faults in every operation, kill -9 at every step, Slurm's power saving, the tide's gate: hours (SHORT=1: a quarter)
	$(MVN) --quiet test-compile -pl integration-tests
	integration-tests/soak/run
	$(if $(SHORT),,integration-tests/conformance/run)
	$(if $(SHORT),,integration-tests/lessons/run)
	$(if $(SHORT),,$(MVN) verify -Plab -pl integration-tests -Dlab.excluded= -Dgroups=long)

conformance: build lab ## a physical and a virtual node of the lab, equal fact by fact (docs/salt-states.md): 5 minutes
	integration-tests/conformance/run

lessons: build lab ## four lessons of the first such site, each with its cure and without: 25 minutes (NAME=address, clock, locks, tenants)
	integration-tests/lessons/run $(NAME)

lab: tools ## bring the lab up: idempotent, quick the second time
	$(LAB) up

lab-down: ## end all that the lab started (PURGE=1: and remove what it keeps, its caches excepted)
	$(LAB) down $(if $(PURGE),--purge)

lab-status: ## machines, services and where each log is
	$(LAB) status

bench: build $(if $(filter simulation idle kernels,$(NAME)),,lab) ## measure; NAME=simulation, kernels, idle (anywhere), operations, react, preempt, goodput, warm, drain, stun, salt (on the lab): one only
	$(if $(filter-out kernels,$(NAME)),,$(MVN) --quiet package -DskipTests -pl benchmarks -am)
	integration-tests/bench/run $(NAME)

build: tools ## the library and the command, without tests
	$(MVN) --quiet install -DskipTests -pl daemon -am

tools: ## JDK 17, Maven and Python 3, from the machine's own package source
	@for tool in javac mvn python3; do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	  [ -z "$$missing" ] || { $(INSTALL) openjdk-17-jdk-headless maven python3; }

browser: ## Chromium for the live page's test, which is left out where it cannot be installed
	@command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null || \
	  [ -n "$(NOLAB)" ] || { $(INSTALL) chromium-headless-shell; }
