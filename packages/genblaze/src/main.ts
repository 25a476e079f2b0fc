#!/usr/bin/env node
import "@genblaze/cli/main";
