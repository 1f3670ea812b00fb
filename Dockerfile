# The program in two stages: built with its development tools, run without them, as nobody in particular.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run -s build && npm prune --omit=dev

FROM node:24-bookworm-slim
# The heap fits a container of 512 MB, and leaves room for the largest reply that is accepted. The rest has the C library
# give memory back that it would keep for a next time (docs/performance.md).
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size=320 --max-semi-space-size=2" \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=65536 \
    MALLOC_TRIM_THRESHOLD_=65536
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY dashboards ./dashboards
USER node
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["--help"]
