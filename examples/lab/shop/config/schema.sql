create role shop login;
create role backfill login superuser;
create database shop owner shop;
\connect shop
create extension pg_stat_statements;
set role shop;
create table products (id int primary key, category_id int not null, name text not null, price int not null, description text);
create table stock (product_id int primary key, quantity int not null check (quantity >= 0));
create table reviews (id bigserial primary key, product_id int not null, stars int not null, author text not null, body text not null);
create table orders (id bigserial primary key, user_name text not null, total int not null, status text not null, charge_id text, receipt text, created_at timestamptz not null default now());
create table order_items (order_id bigint not null, product_id int not null, quantity int not null);
create table shipments (id bigserial primary key, order_id bigint not null, carrier text not null, created_at timestamptz not null default now());
select setseed(0.42);
insert into products select i, 1 + i % 400, 'Product ' || i, 500 + (i % 97) * 25, repeat('A sturdy thing for every day. ', 4) from generate_series(1, 60000) i;
insert into stock select i, 1000000 from generate_series(1, 60000) i;
insert into reviews (product_id, stars, author, body)
  select 1 + (random() * 59999)::int, 1 + (random() * 4)::int, 'user' || (random() * 9999)::int, repeat('Does what it should. ', 5) from generate_series(1, 600000);
insert into orders (user_name, total, status, charge_id, created_at)
  select 'u' || (random() * 3999)::int, 500 + (random() * 9000)::int, 'shipped', 'au_' || md5(i::text), now() - interval '90 days' * random() from generate_series(1, 200000) i;
insert into order_items select i, 1 + (random() * 59999)::int, 1 from generate_series(1, 200000) i;
create index products_category_price on products (category_id, price);
create index reviews_product on reviews (product_id);
create index orders_user on orders (user_name, id);
create index order_items_order on order_items (order_id);
reset role;
vacuum analyze;
